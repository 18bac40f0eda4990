import { Metadata, type ServerUnaryCall, type ServerWritableStream, type sendUnaryData, status } from '@grpc/grpc-js';
import type { Backend } from '../engine/read.ts';
import { FirestoreError } from '../errors.ts';

/** Answers a request; `peer` is the address and port of the connection that it came by. */
export type Answering<Request, Response> = (
  backend: Backend,
  request: Request,
  peer: string,
) => Promise<Response> | Response;

/** A handler of a call with one answer. */
export function unary<Request, Response>(backend: Backend, answer: Answering<Request, Response>) {
  return async (call: ServerUnaryCall<Request, Response>, callback: sendUnaryData<Response>): Promise<void> => {
    try {
      callback(null, await answer(backend, call.request, call.getPeer()));
    } catch (error) {
      callback(statusOf(error), null);
    }
  };
}

/**
 * A handler of a call with a stream of answers. Initial metadata goes first: without it the client library takes an early error
 * for no answer at all and repeats the call.
 */
export function streaming<Request, Response>(backend: Backend, answer: Answering<Request, Iterable<Response>>) {
  return async (call: ServerWritableStream<Request, Response>): Promise<void> => {
    call.sendMetadata(new Metadata());
    try {
      for (const response of await answer(backend, call.request, call.getPeer())) {
        if (call.cancelled) return;
        if (!call.write(response)) await drained(call);
      }
      call.end();
    } catch (error) {
      call.emit('error', statusOf(error));
    }
  };
}

function drained(call: ServerWritableStream<unknown, unknown>): Promise<void> {
  return new Promise((resolve) => {
    const go = (): void => {
      call.off('drain', go).off('cancelled', go);
      resolve();
    };
    call.once('drain', go).once('cancelled', go);
  });
}

/** An error as gRPC carries it; one that is not a refusal is a fault of this server and says so. */
export function statusOf(error: unknown): Error & { code: status; details: string } {
  const refused = error instanceof FirestoreError;
  const text = refused ? error.message : `Firestore stand-in: ${(error as Error)?.stack ?? error}`;
  return Object.assign(new Error(text), { code: refused ? error.code : status.INTERNAL, details: text });
}

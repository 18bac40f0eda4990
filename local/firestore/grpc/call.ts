import { Metadata, type ServerUnaryCall, type ServerWritableStream, type sendUnaryData, status } from '@grpc/grpc-js';
import { FirestoreError } from '../errors.ts';

/** Where a call comes from: the address and port of its connection. */
export interface Caller {
  peer: string;
}

/** A handler of a call with one answer. */
export function unary<Request, Response>(answer: (request: Request, caller: Caller) => Promise<Response> | Response) {
  return (call: ServerUnaryCall<Request, Response>, callback: sendUnaryData<Response>): void => {
    Promise.resolve()
      .then(() => answer(call.request, { peer: call.getPeer() }))
      .then(
        (response) => callback(null, response),
        (error: unknown) => callback(statusOf(error), null),
      );
  };
}

/**
 * A handler of a call with a stream of answers. Initial metadata goes first: without it the client library takes an early error
 * for no answer at all and repeats the call.
 */
export function streaming<Request, Response>(
  answer: (request: Request, caller: Caller) => Promise<Iterable<Response>> | Iterable<Response>,
) {
  return (call: ServerWritableStream<Request, Response>): void => {
    call.sendMetadata(new Metadata());
    const respond = async (): Promise<void> => {
      const responses = await answer(call.request, { peer: call.getPeer() });
      for (const response of responses) {
        if (call.cancelled) return;
        if (!call.write(response)) await drained(call);
      }
      call.end();
    };
    respond().catch((error: unknown) => call.emit('error', statusOf(error)));
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
  const code = error instanceof FirestoreError ? error.code : status.INTERNAL;
  const text =
    error instanceof FirestoreError ? error.message : `Firestore stand-in: ${(error as Error)?.stack ?? error}`;
  return Object.assign(new Error(text), { code, details: text });
}

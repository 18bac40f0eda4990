import { status } from '@grpc/grpc-js';

/** A refusal with its gRPC status code; the client library prints the code in front of the text itself. */
export class FirestoreError extends Error {
  readonly code: status;

  constructor(code: status, message: string) {
    super(message);
    this.name = 'FirestoreError';
    this.code = code;
  }
}

export const invalid = (message: string): FirestoreError => new FirestoreError(status.INVALID_ARGUMENT, message);
export const notFound = (message: string): FirestoreError => new FirestoreError(status.NOT_FOUND, message);
export const alreadyExists = (message: string): FirestoreError => new FirestoreError(status.ALREADY_EXISTS, message);
export const failedPrecondition = (message: string): FirestoreError =>
  new FirestoreError(status.FAILED_PRECONDITION, message);
export const aborted = (message: string): FirestoreError => new FirestoreError(status.ABORTED, message);
export const unimplemented = (message: string): FirestoreError => new FirestoreError(status.UNIMPLEMENTED, message);

import type { Problem } from './generation/request.ts';

/** Every way in which a request can be refused; the HTTP edge maps each to one status. */
export type AppErrorCode =
  | 'invalid_request'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'conflict'
  | 'too_large'
  | 'idempotency_conflict'
  | 'unavailable';

/** An error that is told to the caller: `message` is for them, `problems` says where in their input. */
export class AppError extends Error {
  readonly code: AppErrorCode;
  readonly problems: readonly Problem[];

  constructor(code: AppErrorCode, message: string, problems: readonly Problem[] = []) {
    super(message);
    this.name = 'AppError';
    this.code = code;
    this.problems = problems;
  }
}

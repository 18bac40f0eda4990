import type { Problem } from './generation/request.ts';

/** Every way in which a request can be refused; the HTTP edge maps each to one status. */
export type AppErrorCode =
  | 'invalid_request'
  | 'unauthenticated'
  | 'insufficient_credits'
  | 'forbidden'
  | 'suspended'
  | 'not_found'
  | 'conflict'
  | 'too_large'
  | 'idempotency_conflict'
  | 'limit_exceeded'
  | 'unavailable';

/** A limit that stood in the way, and when it no longer will. */
export interface Exceeded {
  /** Such as `generations_per_day`. */
  limit: string;
  allowed: number;
  /** What counts against it already, the refused request not included. */
  used: number;
  /** When there may be room again; absent where nobody knows. */
  freesAt?: Date;
}

/** An error that is told to the caller: `message` is for them, `problems` says where in their input. */
export class AppError extends Error {
  readonly code: AppErrorCode;
  readonly problems: readonly Problem[];
  readonly exceeded: Exceeded | undefined;

  constructor(code: AppErrorCode, message: string, problems: readonly Problem[] = [], exceeded?: Exceeded) {
    super(message);
    this.name = 'AppError';
    this.code = code;
    this.problems = problems;
    this.exceeded = exceeded;
  }
}

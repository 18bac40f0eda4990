/** What a task sends to its worker. */
export interface TaskRequest {
  /** Empty: the function behind the queue. */
  url: string;
  method: string;
  headers: Record<string, string>;
  bodyBase64: string;
  serviceAccountEmail: string | undefined;
}

/** A task as it is stored. Times are milliseconds of the stack's clock. */
export interface Task {
  /** Order of creation. */
  sequence: number;
  /** The queue's full name, `projects/P/locations/L/queues/Q`. */
  queue: string;
  id: string;
  createdMs: number;
  scheduleMs: number;
  /** Real milliseconds that an attempt may take. */
  deadlineMs: number;
  request: TaskRequest;
  /** Attempts begun, those that nobody answered included. */
  dispatchCount: number;
  /** Attempts answered. */
  responseCount: number;
  firstAttemptMs: number | undefined;
  last: LastAttempt | undefined;
}

/** The latest attempt; the answer is that of the latest attempt that has ended. */
export interface LastAttempt {
  scheduleMs: number;
  dispatchMs: number;
  /** Absent when nobody answered. */
  responseMs?: number;
  /** HTTP status of the answer. */
  status?: number;
  /** Why it failed, in words. */
  reason?: string;
}

/** What came of one attempt; no status when nobody answered in time. */
export interface AttemptResult {
  status: number | undefined;
  reason: string;
}

export function succeeded({ status }: AttemptResult): boolean {
  return status !== undefined && status >= 200 && status < 300;
}

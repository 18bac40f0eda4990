import { AsyncLocalStorage } from 'node:async_hooks';
import { write } from 'firebase-functions/logger';

interface RequestContext {
  requestId: string;
}

const requestContext = new AsyncLocalStorage<RequestContext>();

/** Runs `work` so that every log line inside it carries this request id. */
export function withRequestId<T>(requestId: string, work: () => T): T {
  return requestContext.run({ requestId }, work);
}

/** The id of the request being served, if any. */
export function currentRequestId(): string | undefined {
  return requestContext.getStore()?.requestId;
}

type Fields = Record<string, string | number | boolean | undefined>;

export interface Log {
  info(message: string, fields?: Fields): void;
  warn(message: string, fields?: Fields): void;
  /** `cause` is logged with its stack; it never reaches a caller. */
  error(message: string, cause: unknown, fields?: Fields): void;
}

/** Structured log lines of one component. Never pass prompts, tokens or secrets as fields. */
export function logOf(component: string): Log {
  const line = (severity: 'INFO' | 'WARNING' | 'ERROR', message: string, fields: Fields = {}) =>
    write({ severity, message, component, requestId: currentRequestId(), ...fields });
  return {
    info: (message, fields) => line('INFO', message, fields),
    warn: (message, fields) => line('WARNING', message, fields),
    error: (message, cause, fields) => line('ERROR', message, { ...fields, ...describe(cause) }),
  };
}

function describe(cause: unknown): Fields {
  if (!(cause instanceof Error)) return { error: String(cause) };
  return { error: cause.message, ...(cause.stack && { stack: cause.stack }) };
}

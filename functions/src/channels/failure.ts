import { now } from '../platform/clock.ts';
import type { Delivery } from './channel.ts';
import { cut, oneLine } from './text.ts';

type Failure = Extract<Delivery, { ok: false }>;

/** Longest wait that a vendor may ask for. */
const MAX_RETRY_AFTER_MS = 3_600_000;
const MAX_MESSAGE = 300;

/** Errors of a connection that was never made: nothing can have arrived. */
const NOT_CONNECTED = new Set([
  ...['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT'],
  ...['CERT_HAS_EXPIRED', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'ERR_TLS_CERT_ALTNAME_INVALID'],
]);

/** What a vendor answered instead of taking a message. */
export interface Refusal {
  status: number;
  /** The vendor's own code, where there is one. */
  code?: string | undefined;
  message: string;
  retryAfterMs?: number | undefined;
  /** Taken out of the message. */
  secrets: readonly string[];
}

/**
 * A failed delivery for an HTTP status. 408, 425, 429 and 5xx are worth another attempt; what answered 408, 500, 502 or 504 may
 * have been taken all the same.
 */
export function refusedWith({ status, code, message, retryAfterMs, secrets }: Refusal): Failure {
  return {
    ok: false,
    retry: status === 408 || status === 425 || status === 429 || status >= 500,
    uncertain: status === 408 || (status >= 500 && status !== 503),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    code: code ?? String(status),
    message: redacted(message, secrets),
  };
}

/** A failed delivery for an error without an answer: the connection, or its time limit. Always worth another attempt. */
export function unanswered(error: unknown, secrets: readonly string[]): Failure {
  const code = codeOf(error);
  const text = error instanceof Error ? error.message : String(error);
  return {
    ok: false,
    retry: true,
    uncertain: !NOT_CONNECTED.has(code),
    code,
    message: redacted(text, secrets),
  };
}

/** Milliseconds that a `Retry-After` header asks for, given in seconds or as a date; an hour at most. */
export function retryAfterMsOf(header: string | null | undefined): number | undefined {
  if (!header) return undefined;
  const seconds = /^\d+$/.test(header.trim()) ? Number(header) : (Date.parse(header) - now().getTime()) / 1_000;
  return Number.isFinite(seconds) ? Math.min(Math.max(0, Math.ceil(seconds * 1_000)), MAX_RETRY_AFTER_MS) : undefined;
}

/** Text for people and logs: on one line, bounded, with every secret replaced. */
export function redacted(text: string, secrets: readonly string[]): string {
  const hidden = secrets
    .filter((secret) => secret.length > 3)
    .toSorted((a, b) => b.length - a.length)
    .reduce((shown, secret) => shown.replaceAll(secret, '[hidden]'), text);
  return cut(oneLine(hidden), MAX_MESSAGE);
}

/** The system's or client's code of an error, also of one wrapped in others. */
function codeOf(error: unknown): string {
  let inner: unknown = error;
  let found = 'network';
  for (let depth = 0; depth < 5 && inner instanceof Error; depth++) {
    const { code, original, errors } = inner as Error & { code?: unknown; original?: unknown; errors?: unknown[] };
    if (inner.name === 'TimeoutError' || code === 'ECONNABORTED' || code === 'ETIMEDOUT') return 'timeout';
    if (typeof code === 'string') found = code;
    inner = original ?? inner.cause ?? errors?.[0];
  }
  return found;
}

import type { ErrorCode } from '../../core/generation/outcome.ts';
import type { PollResult, SubmitResult } from '../provider.ts';
import { blockReasonsOf, mentionsSafetyCode } from './safety.ts';

const MAX_DETAIL_CHARS = 500;

/** Network errors that mean the request never reached the provider. */
const NEVER_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

/**
 * What a failed submit means. Only an answer in the 4xx range, or a connection that never stood, is a clear no; a 5xx,
 * a timeout, a broken connection or an unreadable body may hide an accepted job.
 */
export function classifySubmitError(error: unknown): SubmitResult {
  const status = statusOf(error);
  const detail = detailOf(error);
  if (isTokenFailure(error)) return { type: 'refused', error: { code: 'provider_unavailable', detail } };
  if (status === undefined) {
    const code = 'provider_unavailable';
    return NEVER_SENT.has(networkCodeOf(error))
      ? { type: 'refused', error: { code, detail } }
      : { type: 'uncertain', error: { code, detail } };
  }
  if (status >= 500 || status === 408) return { type: 'uncertain', error: { code: 'provider_internal', detail } };
  const refusal: SubmitResult = { type: 'refused', error: { code: codeOfClientError(status, detail), detail } };
  const retryAfterMs = status === 429 ? retryDelayIn(detail) : undefined;
  return retryAfterMs === undefined ? refusal : { ...refusal, retryAfterMs };
}

/** What a failed poll means: only 404 says something about the job. */
export function classifyPollError(error: unknown): PollResult {
  const status = statusOf(error);
  if (status === 404) return { type: 'lost' };
  const detail = detailOf(error);
  const code: ErrorCode = status === 401 || status === 403 ? 'provider_auth' : 'provider_unavailable';
  return { type: 'unreadable', error: { code, detail } };
}

/** What the error of a finished operation means; `code` is a gRPC number (google.rpc.Code). */
export function classifyOperationError(error: Record<string, unknown>): PollResult {
  const message = typeof error.message === 'string' ? error.message : '';
  const detail = `${error.code ?? 'no code'}: ${message}`.slice(0, MAX_DETAIL_CHARS);
  if (mentionsSafetyCode(message)) {
    return { type: 'failed', error: { code: 'content_blocked', detail }, blockReasons: blockReasonsOf([message]) };
  }
  return {
    type: 'failed',
    error: { code: GRPC_CODES[Number(error.code)] ?? 'provider_internal', detail },
    blockReasons: [],
  };
}

/** google.rpc.Code numbers. */
const GRPC_CODES: Readonly<Record<number, ErrorCode>> = {
  3: 'invalid_request',
  4: 'provider_internal',
  5: 'model_unavailable',
  7: 'provider_auth',
  8: 'provider_quota',
  9: 'invalid_request',
  13: 'provider_internal',
  14: 'provider_unavailable',
  16: 'provider_auth',
};

function codeOfClientError(status: number, detail: string): ErrorCode {
  if (status === 429) return 'provider_quota';
  if (status === 404) return 'model_unavailable';
  if (status === 401 || status === 403) return 'provider_auth';
  return mentionsSafetyCode(detail) ? 'content_blocked' : 'invalid_request';
}

/** The HTTP status with which Vertex AI answered. Other errors may carry a `status` too, of somebody else's answer. */
export function statusOf(error: unknown): number | undefined {
  const isAnswer = error instanceof Error && error.name === 'ApiError' && 'status' in error;
  return isAnswer && typeof error.status === 'number' ? error.status : undefined;
}

/** True for what Google's auth library throws (gaxios' errors carry the request): no token, so nothing was sent. */
function isTokenFailure(error: unknown): boolean {
  return error instanceof Error && 'config' in error;
}

function networkCodeOf(error: unknown): string {
  for (let e: unknown = error; e instanceof Error; e = e.cause) if ('code' in e) return String(e.code);
  return '';
}

function detailOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, MAX_DETAIL_CHARS);
}

/** RetryInfo of a google.rpc.Status, `"retryDelay": "12s"`; the SDK hands the body on as text only. */
function retryDelayIn(body: string): number | undefined {
  const seconds = /"retryDelay"\s*:\s*"(\d+(?:\.\d+)?)s"/.exec(body)?.[1];
  return seconds === undefined ? undefined : Math.round(Number(seconds) * 1_000);
}

import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { AppError, type AppErrorCode, type Exceeded } from '../core/errors.ts';
import type { Problem } from '../core/generation/request.ts';
import { now } from '../platform/clock.ts';
import { currentRequestId, logOf } from '../platform/logs.ts';

const log = logOf('http');

const STATUS: Record<AppErrorCode, ContentfulStatusCode> = {
  invalid_request: 400,
  unauthenticated: 401,
  insufficient_credits: 402,
  forbidden: 403,
  suspended: 403,
  not_found: 404,
  conflict: 409,
  too_large: 413,
  idempotency_conflict: 422,
  limit_exceeded: 429,
  unavailable: 503,
};

const TITLES: Record<number, string> = {
  400: 'Invalid request',
  401: 'Not signed in',
  402: 'Not enough credits',
  403: 'Not allowed',
  404: 'Not found',
  405: 'Method not allowed',
  409: 'Conflict',
  413: 'Too large',
  415: 'Unsupported media type',
  422: 'Idempotency key reused',
  429: 'Limit exceeded',
  500: 'Internal error',
  503: 'Unavailable',
};

const INTERNAL_DETAIL = 'Something went wrong on our side. Tell us the request id.';
const MAX_PROBLEMS = 20;

/** What every refusal says in its headers. */
export const PROBLEM_HEADERS = { 'Cache-Control': 'no-store', 'Content-Type': 'application/problem+json' };

/** An RFC 9457 answer. What went wrong inside stays in the log, under the request id that the answer names. */
export function problemAnswer(c: Context, error: unknown): Response {
  if (error instanceof AppError) {
    const { code, message, problems, exceeded } = error;
    return problem(c, STATUS[code], code, message, { problems, ...(exceeded && { exceeded }) });
  }
  if (error instanceof HTTPException && error.status < 500) {
    const code = error.status === 415 ? 'unsupported_media_type' : 'invalid_request';
    return problem(c, error.status as ContentfulStatusCode, code, error.message || 'The request is invalid.');
  }
  log.error('request failed', error);
  return problem(c, 500, 'internal', INTERNAL_DETAIL);
}

/** The answer to a method that this address does not know; `methods` are those that it does. */
export function methodProblem(c: Context, methods: readonly string[]): Response {
  c.header('Allow', methods.join(', '));
  return problem(c, 405, 'method_not_allowed', `This address takes ${methods.join(', ')}.`);
}

/** What a refusal says besides its code and its sentence. */
interface More {
  problems?: readonly Problem[];
  exceeded?: Exceeded;
}

function problem(c: Context, status: ContentfulStatusCode, code: string, detail: string, more: More = {}): Response {
  for (const [name, value] of Object.entries(PROBLEM_HEADERS)) c.header(name, value);
  if (status === 401) c.header('WWW-Authenticate', 'Bearer');
  const freesAt = more.exceeded?.freesAt;
  if (freesAt) c.header('Retry-After', String(Math.max(1, Math.ceil((freesAt.getTime() - now().getTime()) / 1_000))));
  return c.body(problemBody(status, code, detail, more), status);
}

/** The JSON of a refusal, under the id of the request being served. */
export function problemBody(status: number, code: string, detail: string, more: More = {}): string {
  const { problems = [], exceeded } = more;
  return JSON.stringify({
    type: 'about:blank',
    title: TITLES[status] ?? 'Invalid request',
    status,
    code,
    detail,
    requestId: currentRequestId(),
    ...(problems.length > 0 && { errors: problems.slice(0, MAX_PROBLEMS) }),
    ...(exceeded && { exceeded }),
  });
}

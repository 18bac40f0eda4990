import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { AppError, type AppErrorCode } from '../core/errors.ts';
import type { Problem } from '../core/generation/request.ts';
import { currentRequestId, logOf } from '../platform/logs.ts';

const log = logOf('http');

const STATUS: Record<AppErrorCode, ContentfulStatusCode> = {
  invalid_request: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  too_large: 413,
  idempotency_conflict: 422,
  unavailable: 503,
};

const TITLES: Record<number, string> = {
  400: 'Invalid request',
  401: 'Not signed in',
  403: 'Not allowed',
  404: 'Not found',
  409: 'Conflict',
  413: 'Too large',
  422: 'Idempotency key reused',
  500: 'Internal error',
  503: 'Unavailable',
};

const MAX_PROBLEMS = 20;

/** An RFC 9457 answer. What went wrong inside stays in the log, under the request id that the answer names. */
export function problemAnswer(c: Context, error: unknown): Response {
  if (error instanceof AppError) return problem(c, STATUS[error.code], error.code, error.message, error.problems);
  if (error instanceof HTTPException && error.status < 500) {
    return problem(
      c,
      error.status as ContentfulStatusCode,
      'invalid_request',
      error.message || 'The request is invalid.',
    );
  }
  log.error('request failed', error);
  return problem(c, 500, 'internal', 'Something went wrong on our side. Tell us the request id.');
}

function problem(
  c: Context,
  status: ContentfulStatusCode,
  code: string,
  detail: string,
  problems: readonly Problem[] = [],
): Response {
  const title = TITLES[status] ?? 'Invalid request';
  const body = {
    type: 'about:blank',
    title,
    status,
    code,
    detail,
    requestId: currentRequestId(),
    ...(problems.length > 0 && { errors: problems.slice(0, MAX_PROBLEMS) }),
  };
  c.header('Cache-Control', 'no-store');
  c.header('Content-Type', 'application/problem+json');
  if (status === 401) c.header('WWW-Authenticate', 'Bearer');
  return c.body(JSON.stringify(body), status);
}

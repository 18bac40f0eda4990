import { randomUUID } from 'node:crypto';
import { RequestError } from '@hono/node-server';
import { logOf, withRequestId } from '../platform/logs.ts';
import { PROBLEM_HEADERS, problemBody } from './problem.ts';

const log = logOf('http');

/**
 * The answer to what the Node adapter could not make a request of, such as a backslash in the address or a broken Host
 * header: the app never saw it. Throws anything else, for the platform to log and answer.
 */
export function unreadableAnswer(cause: unknown): Response {
  if (!(cause instanceof RequestError)) throw cause;
  const requestId = randomUUID();
  return withRequestId(requestId, () => {
    log.warn('unreadable request', { error: cause.message });
    const body = problemBody(400, 'invalid_request', 'The address or the Host header of the request cannot be read.');
    const headers = { ...PROBLEM_HEADERS, Vary: 'Authorization, X-API-Key', 'X-Request-Id': requestId };
    return new Response(body, { status: 400, headers });
  });
}

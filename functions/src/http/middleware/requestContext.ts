import { randomUUID } from 'node:crypto';
import { createMiddleware } from 'hono/factory';
import { routePath } from 'hono/route';
import { logOf, withRequestId } from '../../platform/logs.ts';

const log = logOf('http');
const ACCEPTED_ID = /^[A-Za-z0-9-]{8,64}$/;

/**
 * Gives every request an id (the caller's `X-Request-Id` when it is a plain one), puts it into every log line and into
 * the answer, and logs the answer.
 * @example app.use(requestContext)
 */
export const requestContext = createMiddleware((c, next) => {
  const offered = c.req.header('x-request-id') ?? '';
  const requestId = ACCEPTED_ID.test(offered) ? offered : randomUUID();
  return withRequestId(requestId, async () => {
    const startedAtMs = performance.now();
    c.header('X-Request-Id', requestId);
    await next();
    const { method } = c.req;
    const durationMs = Math.round(performance.now() - startedAtMs);
    log.info('answered', { method, route: routePath(c, -1), status: c.res.status, durationMs });
  });
});

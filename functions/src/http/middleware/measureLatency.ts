import { createMiddleware } from 'hono/factory';
import { matchedRoutes } from 'hono/route';
import { accessOf } from '../../core/access/routes.ts';
import { OTHER_ROUTE } from '../../core/scrape/requests.ts';
import { countAnswer, noteLatency } from '../../features/apiLatency/index.ts';

/**
 * Measures how long the API takes to answer, all but the checks of whether it lives.
 * @example app.use(measureLatency)
 */
export const measureLatency = createMiddleware(async (c, next) => {
  const startedAtMs = performance.now();
  await next();
  if (c.req.path.endsWith('/health')) return;
  const durationMs = Math.round(performance.now() - startedAtMs);
  const matched = matchedRoutes(c).find(({ method, path }) => accessOf(method, path));
  const route = matched ? `${matched.method} ${matched.path}` : OTHER_ROUTE;
  await Promise.all([noteLatency(durationMs), countAnswer({ route, status: c.res.status, durationMs })]);
});

import { createMiddleware } from 'hono/factory';
import { noteLatency } from '../../features/apiLatency/index.ts';

/**
 * Measures how long the API takes to answer, all but the checks of whether it lives.
 * @example app.use(measureLatency)
 */
export const measureLatency = createMiddleware(async (c, next) => {
  const startedAtMs = performance.now();
  await next();
  if (!c.req.path.endsWith('/health')) await noteLatency(performance.now() - startedAtMs);
});

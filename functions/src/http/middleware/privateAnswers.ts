import { createMiddleware } from 'hono/factory';

/**
 * Keeps answers out of shared caches, whatever the route says or forgets.
 * @example app.use(privateAnswers)
 */
export const privateAnswers = createMiddleware(async (c, next) => {
  await next();
  if (!c.res.headers.has('Cache-Control')) c.header('Cache-Control', 'private, no-cache');
  c.header('Vary', 'Authorization, X-API-Key', { append: true });
  c.header('X-Content-Type-Options', 'nosniff');
});

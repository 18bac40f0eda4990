import { cors } from 'hono/cors';
import { ALLOWED_ORIGINS } from '../../params.ts';

/**
 * Lets browsers on the configured origins call the API; no other site's scripts may read an answer.
 * @example app.use(allowOrigins)
 */
export const allowOrigins = cors({
  origin: (origin) => (configured().includes(origin) ? origin : null),
  allowMethods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
  allowHeaders: [
    ...['Authorization', 'X-API-Key', 'Content-Type', 'Idempotency-Key', 'X-Request-Id'],
    ...['If-None-Match', 'If-Match', 'Last-Event-ID'],
  ],
  exposeHeaders: [
    'Location',
    'Retry-After',
    'X-Request-Id',
    'Idempotency-Replayed',
    'ETag',
    'Content-Disposition',
    'X-Export-As-Of',
  ],
  maxAge: 3_600,
});

function configured(): string[] {
  return ALLOWED_ORIGINS.value()
    .split(',')
    .map((origin) => origin.trim())
    .filter((origin) => origin !== '');
}

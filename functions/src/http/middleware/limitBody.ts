import { createMiddleware } from 'hono/factory';
import { AppError } from '../../core/errors.ts';

/** What the Node adapter leaves in `c.env`; Cloud Functions has read the body by then. */
interface NodeEnv {
  incoming?: { rawBody?: Uint8Array };
}

/**
 * Refuses bodies over `maxBytes`, also those sent in chunks without a length.
 * @example app.use(limitBody(20 * 2 ** 20))
 */
export const limitBody = (maxBytes: number) =>
  createMiddleware(async (c, next) => {
    const { incoming }: NodeEnv = c.env ?? {};
    const bytes = incoming?.rawBody?.byteLength ?? Number(c.req.header('content-length') ?? 0);
    if (bytes > maxBytes) throw new AppError('too_large', `The body is over ${maxBytes} bytes.`);
    await next();
  });

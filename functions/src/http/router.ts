import { OpenAPIHono } from '@hono/zod-openapi';
import { AppError } from '../core/errors.ts';
import type { Env } from './env.ts';

/** A message may quote what was sent, such as the name of an unknown field. */
const MAX_MESSAGE_CHARS = 200;

/** A router whose routes check their input from their own schemas and refuse what does not fit. */
export function router(): OpenAPIHono<Env> {
  return new OpenAPIHono<Env>({
    defaultHook: (result) => {
      if (result.success) return;
      const problems = result.error.issues.map(({ path, message }) => ({
        path: path.join('.'),
        message: message.slice(0, MAX_MESSAGE_CHARS),
      }));
      throw new AppError('invalid_request', 'The request does not fit the schema.', problems);
    },
  });
}

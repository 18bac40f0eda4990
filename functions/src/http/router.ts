import { OpenAPIHono } from '@hono/zod-openapi';
import { AppError } from '../core/errors.ts';
import type { Env } from './env.ts';

/** A router whose routes check their input from their own schemas and refuse what does not fit. */
export function router(): OpenAPIHono<Env> {
  return new OpenAPIHono<Env>({
    defaultHook: (result) => {
      if (result.success) return;
      const problems = result.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }));
      throw new AppError('invalid_request', 'The request does not fit the schema.', problems);
    },
  });
}

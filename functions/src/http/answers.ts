import type { z } from '@hono/zod-openapi';
import { problemSchema } from './schemas.ts';

/** A JSON answer in a route's description. */
export function json<T extends z.ZodType>(schema: T, description: string) {
  return { description, content: { 'application/json': { schema } } };
}

const problem = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: problemSchema } },
});

/** The refusals that every route for signed-in users can give. */
export const REFUSALS = {
  400: problem('The request does not fit; `errors` says where'),
  401: problem('No valid ID token'),
  404: problem('There is no such thing, or it is not yours'),
} as const;

/** The refusals that a route with a body can give besides. */
export const BODY_REFUSALS = {
  413: problem('The body is over 20 MiB'),
  415: problem('The body is not JSON by its content type'),
} as const;

export const CONFLICT = { 409: problem('Not possible in the present state') } as const;
export const KEY_REUSED = { 422: problem('The Idempotency-Key was used for a different request') } as const;
export const FORBIDDEN = { 403: problem('The role does not allow it') } as const;

/** The security requirement of a route for signed-in users. */
export const SIGNED_IN = [{ idToken: [] }];

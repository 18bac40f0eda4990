import { z } from '@hono/zod-openapi';
import { problemSchema } from './schemas.ts';

/** A JSON answer in a route's description. */
export function json<T extends z.ZodType>(schema: T, description: string) {
  return { description, content: { 'application/json': { schema } } };
}

const problem = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: problemSchema } },
});

/** The refusals that follow from who may call a route, and how often; every route's description gets them. */
export const ACCESS_REFUSALS = {
  401: problem('No valid ID token or API key'),
  429: {
    ...problem('Too many requests, or another limit: `exceeded` says which and when it frees'),
    headers: z.object({
      'Retry-After': z.int().optional().openapi({ description: 'seconds; absent where nobody knows' }),
    }),
  },
  503: problem('Something that is needed does not answer; try again'),
} as const;

/** The refusals of a route that finds something by what the request says. */
export const REFUSALS = {
  400: problem('The request does not fit; `errors` says where'),
  404: problem('There is no such thing, or it is not yours'),
} as const;

/** The refusals that a route with a body can give besides. */
export const BODY_REFUSALS = {
  413: problem('The body is over 20 MiB'),
  415: problem('The body is not JSON by its content type'),
} as const;

export const TOO_MUCH = { 413: problem('It would read more of the warehouse than one question may') } as const;
export const CONFLICT = { 409: problem('Not possible in the present state') } as const;
export const NOT_ENOUGH_CREDITS = { 402: problem('Not enough credits; `exceeded` says how many there are') } as const;
export const KEY_REUSED = { 422: problem('The Idempotency-Key was used for a different request') } as const;
export const FORBIDDEN = {
  403: problem('The role or the key does not allow it, or the account is suspended'),
} as const;

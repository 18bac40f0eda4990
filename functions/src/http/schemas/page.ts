import { z } from '@hono/zod-openapi';

/** A page of a list: how many, and where it begins. */
export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z.string().min(1).max(2_000).optional(),
};

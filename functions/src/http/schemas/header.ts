import { z } from '@hono/zod-openapi';
import { IDEMPOTENCY_KEY, IDEMPOTENCY_KEY_RULE } from '../../core/idempotencyKey.ts';

/** The headers of a request that may be sent again; `description` says what comes of that. */
export function idempotencyHeaders(description: string) {
  return z.object({
    'idempotency-key': z.string().regex(IDEMPOTENCY_KEY, IDEMPOTENCY_KEY_RULE).optional().openapi({ description }),
  });
}

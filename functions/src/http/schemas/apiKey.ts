import { z } from '@hono/zod-openapi';
import { DEFAULT_LIFETIME_DAYS, MAX_LIFETIME_DAYS } from '../../core/access/key.ts';
import { SCOPES } from '../../core/actor.ts';

const isoTime = z.iso.datetime();

export const apiKeyIdSchema = z.object({ id: z.string().regex(/^[A-Za-z0-9]{20}$/) });

const scopes = z.array(z.enum(SCOPES)).min(1).max(SCOPES.length);

export const apiKeyWishSchema = z.strictObject({
  name: z
    .string()
    .min(1)
    .max(100)
    .regex(/^[^\p{C}\s](?:[^\p{C}]*[^\p{C}\s])?$/u, 'must be printable, not blank at an end'),
  scopes,
  expiresAt: isoTime.optional(),
  expiresInDays: z
    .int()
    .min(1)
    .max(MAX_LIFETIME_DAYS)
    .optional()
    .openapi({ description: `instead of expiresAt; ${DEFAULT_LIFETIME_DAYS} without either` }),
});

export const apiKeySchema = z
  .object({
    id: z.string(),
    uid: z.string(),
    name: z.string(),
    prefix: z.string().openapi({ description: 'what the text of the key begins with' }),
    scopes,
    status: z.enum(['active', 'expired', 'revoked']),
    createdAt: isoTime,
    secretSince: isoTime.openapi({ description: 'when it was last rotated, or created' }),
    expiresAt: isoTime,
    revokedAt: isoTime.optional(),
    lastUsedAt: isoTime.optional().openapi({ description: 'to within ten minutes' }),
    earlierSecretsValidUntil: isoTime.optional(),
  })
  .openapi('ApiKey');

export const shownApiKeySchema = apiKeySchema
  .extend({ key: z.string().openapi({ description: 'the key itself; it is shown this once' }) })
  .openapi('ShownApiKey');

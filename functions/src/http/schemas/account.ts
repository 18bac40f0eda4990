import { z } from '@hono/zod-openapi';
import { TIERS } from '../../core/account/account.ts';
import { ROLES } from '../../core/actor.ts';

const isoTime = z.iso.datetime();
const used = z.object({ used: z.int(), allowed: z.int() });

export const standingSchema = z
  .object({
    uid: z.string(),
    tier: z.enum(TIERS),
    role: z.enum(ROLES).optional(),
    availableCredits: z.int(),
    heldCredits: z.int().openapi({ description: 'set aside for generations under way' }),
    limits: z.object({
      concurrentGenerations: used,
      requestsPerMinute: used,
      generationsPerDay: used.openapi({ description: 'days are UTC' }),
      creditsPerDay: used,
      creditsPer30Days: used,
    }),
  })
  .openapi('Standing');

export const ledgerPageSchema = z.object({
  entries: z.array(
    z
      .object({
        id: z.string(),
        kind: z.enum(['hold', 'capture', 'release', 'grant', 'purchase', 'adjustment']),
        at: isoTime,
        availableCredits: z.int().openapi({ description: 'added to what is available; negative: taken off it' }),
        heldCredits: z.int(),
        chargedCredits: z.int(),
        generationId: z.string().optional(),
        reason: z.string().optional(),
      })
      .openapi('LedgerEntry'),
  ),
  nextCursor: z.string().optional(),
});

export const estimateSchema = z
  .object({
    model: z.string(),
    videos: z.int(),
    priceCredits: z.int().openapi({ description: 'held when it is asked for, paid for each video delivered' }),
    creditsPerVideo: z.int(),
    priceUsd: z.number(),
    costUsd: z.number().openapi({ description: 'what the provider charges, by its list' }),
    costIsEstimate: z.literal(true),
    availableCredits: z.int(),
    allowed: z.boolean().openapi({ description: 'whether it would be taken in now' }),
    refusal: z
      .object({
        code: z.string(),
        detail: z.string(),
        exceeded: z
          .object({ limit: z.string(), allowed: z.number(), used: z.number(), freesAt: isoTime.optional() })
          .optional(),
      })
      .optional(),
  })
  .openapi('Estimate');

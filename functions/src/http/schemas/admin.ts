import { z } from '@hono/zod-openapi';
import { MAX_REASON_CHARS } from '../../core/access/audit.ts';
import { TIERS } from '../../core/account/account.ts';
import { ROLES } from '../../core/actor.ts';
import { settingsChangeSchema, settingsSchema } from '../../core/settings/settings.ts';
import { pageQuery } from './page.ts';

const isoTime = z.iso.datetime();
const anything = z.record(z.string(), z.unknown());

/** Why an administrator does something; kept in the audit log. */
const reason = z
  .string()
  .min(1)
  .max(MAX_REASON_CHARS)
  .refine((text) => text.isWellFormed() && text.trim() !== '', 'must be well-formed and not blank')
  .openapi({ description: 'kept in the audit log' });

export const reasonSchema = z.strictObject({ reason });

const uid = z.string().regex(/^[^/\p{C}]{1,128}$/u);
export const uidSchema = z.object({ uid });

export const userSchema = z
  .object({
    uid: z.string(),
    email: z.string().optional(),
    role: z.enum(ROLES).optional(),
    tier: z.enum(TIERS),
    suspended: z.object({ at: isoTime, reason: z.string().optional() }).optional(),
    halfChanged: z.literal(true).optional().openapi({
      description: 'a change of role or tier has stopped half way and keeps the user out: repeat it',
    }),
    disabled: z.boolean().openapi({ description: 'cannot sign in at Firebase Auth' }),
    availableCredits: z.int(),
    heldCredits: z.int(),
    openGenerations: z.int(),
    hasAccount: z.boolean().openapi({ description: 'false before the first request: nothing is booked until then' }),
    createdAt: isoTime,
    lastUsedAt: isoTime.optional().openapi({ description: 'when they last signed in or got an ID token' }),
  })
  .openapi('User');

export const userPageSchema = z.object({ users: z.array(userSchema), nextCursor: z.string().optional() });

/** An entry of the ledger as it stands there. */
export const wholeEntrySchema = z.object({
  id: z.string(),
  kind: z.string(),
  at: isoTime,
  moves: z.record(z.string(), z.int()),
  generationId: z.string().optional(),
  by: z.string().optional(),
  reason: z.string().optional(),
});

export const userDetailsSchema = userSchema
  .extend({
    limits: z.record(z.string(), z.int()),
    usage: z.record(z.string(), z.int()).optional(),
    ledger: z.array(wholeEntrySchema).openapi({ description: 'the latest 20 entries, newest first' }),
  })
  .openapi('UserDetails');

export const userChangeSchema = z
  .strictObject({
    role: z.enum([...ROLES, 'none']).optional(),
    tier: z.enum(TIERS).optional(),
    suspended: z.boolean().optional(),
    reason,
  })
  .refine(({ reason: _reason, ...changes }) => Object.keys(changes).length > 0, 'nothing to change');

export const creditWishSchema = z
  .strictObject({
    kind: z.enum(['grant', 'purchase', 'adjustment']).default('grant'),
    credits: z
      .int()
      .min(-1_000_000_000)
      .max(1_000_000_000)
      .openapi({ description: 'whole credits of one US cent; negative only for an adjustment' }),
    reason,
  })
  .refine(({ kind, credits }) => credits > 0 || (kind === 'adjustment' && credits < 0), {
    path: ['credits'],
    message: 'must not be 0, nor negative but for an adjustment',
  });

export const creditsGivenSchema = z
  .object({ entry: wholeEntrySchema, availableCredits: z.int() })
  .openapi('CreditsGiven', { description: 'with Idempotency-Replayed when the key had been booked before' });

export const settingsViewSchema = settingsSchema;
export const settingsWishSchema = settingsChangeSchema
  .extend({ reason })
  .refine(({ reason: _reason, ...changes }) => Object.keys(changes).length > 0, 'nothing to change');

export const auditQuerySchema = z.strictObject({
  ...pageQuery,
  target: z.string().min(1).max(200).optional().openapi({ description: 'id of what was changed' }),
  actor: z.string().min(1).max(128).optional().openapi({ description: 'uid of who did it' }),
});

export const auditEntrySchema = z
  .object({
    id: z.string(),
    at: isoTime,
    actor: anything.openapi({ description: '{uid, role, keyId}, or {cli} for a person at a terminal' }),
    action: z.string(),
    target: z.object({ type: z.string(), id: z.string() }),
    before: anything.optional(),
    after: anything.optional(),
    reason: z.string().optional(),
    from: z.string(),
    requestId: z.string().optional(),
  })
  .openapi('AuditEntry');

export const auditPageSchema = z.object({ entries: z.array(auditEntrySchema), nextCursor: z.string().optional() });

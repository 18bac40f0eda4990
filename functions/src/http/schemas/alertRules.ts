import { z } from '@hono/zod-openapi';
import { CHANNEL_KINDS, ruleSchema, SEVERITIES } from '../../core/alert/rule.ts';
import { pageQuery } from './page.ts';

export const slugSchema = z.object({ slug: z.string().regex(/^[a-z][a-z0-9_]{0,63}$/) });

export const rulesQuerySchema = z.strictObject({ limit: pageQuery.limit, cursor: slugSchema.shape.slug.optional() });

/** What came is checked whole by the rule's own schema, which names each problem. */
export const ruleInputSchema = z.strictObject(ruleSchema.shape);
export const ruleChangeSchema = z
  .record(z.string(), z.unknown())
  .refine((fields) => Object.keys(fields).length > 0, 'nothing to change')
  .openapi({ description: 'the fields of a rule that change; an optional one is taken away by null' });

export const ruleVersionSchema = z.object({
  'if-match': z
    .string()
    .regex(/^"\d{1,9}"$/)
    .optional()
    .openapi({ description: 'the ETag that you have: 409 when the rule has changed since' }),
});

export const storedRuleSchema = ruleSchema
  .extend({
    version: z.int().min(1),
    origin: z.enum(['default', 'api', 'file']),
    updatedAt: z.iso.datetime(),
    updatedBy: z.union([z.literal('system'), z.record(z.string(), z.string())]),
  })
  .openapi('AlertRule');
export const rulePageSchema = z.object({ rules: z.array(storedRuleSchema), nextCursor: z.string().optional() });

export const channelIdSchema = z.object({ id: z.string().regex(/^[a-z0-9][a-z0-9_-]{0,63}$/) });
export const channelsSchema = z.object({
  channels: z.array(z.object({ id: z.string(), kind: z.enum(CHANNEL_KINDS), severities: z.array(z.enum(SEVERITIES)) })),
});
export const deliveredSchema = z.object({
  ok: z.boolean(),
  vendorId: z.string().optional(),
  code: z.string().optional().openapi({ description: 'the vendor’s own, where it refused' }),
  message: z.string().optional(),
  retry: z.boolean().optional(),
});

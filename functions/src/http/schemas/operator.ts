import { z } from '@hono/zod-openapi';
import { ERROR_CODES } from '../../core/generation/outcome.ts';
import { STATES } from '../../core/generation/state.ts';
import { auditEntrySchema, wholeEntrySchema } from './admin.ts';
import { pageQuery } from './page.ts';

const isoTime = z.iso.datetime();
const anything = z.record(z.string(), z.unknown());

export const generationKeySchema = z.object({
  id: z
    .string()
    .regex(/^[^\p{C}]{1,500}$/u)
    .openapi({
      description: 'a generation’s id, a provider’s operation (URL-encoded, or its last part) or a request id',
    }),
});

export const deadQuerySchema = z.strictObject({
  ...pageQuery,
  state: z.enum([...STATES, 'overdue']).default('failed'),
  code: z.enum(ERROR_CODES).optional().openapi({ description: 'not with overdue' }),
});

const waiting = z.object({
  step: z.string(),
  queue: z.string(),
  key: z.string(),
  dueAt: isoTime.optional(),
  inQueue: z.enum(['yes', 'no', 'unknown']),
  task: z.object({ dueAt: isoTime.optional(), dispatchCount: z.int() }).optional(),
});

const operatorView = anything.openapi({
  description: 'the whole document in its own field names, without the words of the user, with costs added up',
});

export const generationFileSchema = z
  .object({
    generation: operatorView,
    others: z.array(z.string()).openapi({ description: 'ids of others that the same key finds, newest first' }),
    history: z.array(anything).openapi({ description: 'its events in order, at most 200' }),
    waiting: waiting.optional().openapi({ description: 'the next step, and what the queue holds for it' }),
    ledger: z.array(wholeEntrySchema),
    audit: z.array(auditEntrySchema),
  })
  .openapi('GenerationFile');

export const operatorPageSchema = z.object({ generations: z.array(operatorView), nextCursor: z.string().optional() });

export const operatedSchema = z.object({
  id: z.string(),
  state: z.enum(STATES),
  replayOf: z.string().optional().openapi({ description: 'the generation that this one repeats' }),
});

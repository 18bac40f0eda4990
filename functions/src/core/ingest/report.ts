import { z } from 'zod';
import { KINDS, RESOLUTIONS } from '../catalogue/schema.ts';
import { STYLE_IDS } from '../catalogue/styles.ts';
import { OWN_SOURCE } from '../generation/measure.ts';
import { ERROR_CODES, TERMINAL_STATES } from '../generation/outcome.ts';
import { line, sourceSchema, timeSchema } from './fields.ts';

const durationMs = z
  .int()
  .min(0)
  .max(31 * 86_400_000);
const videos = z.int().min(0).max(1_000);

/** What is known of a generation that has ended; of one that has not, none of it. */
const endFields = {
  outcome: z.enum(TERMINAL_STATES).optional().describe('With `endedAt`, or neither.'),
  endedAt: timeSchema.optional(),
  errorCode: z
    .enum(ERROR_CODES)
    .optional()
    .describe(
      'Why it did not succeed; absent: `content_blocked` of a blocked one, `deadline_exceeded` of an expired one, else `unspecified`.',
    ),
  queueMs: durationMs.optional(),
  renderMs: durationMs.optional(),
  storeMs: durationMs.optional(),
  totalMs: durationMs.optional().describe('Absent: endedAt − requestedAt.'),
  attempts: z.int().min(0).max(1_000).optional().describe('Absent: 1.'),
  videosDelivered: videos.optional().describe('Absent: all asked for of one that succeeded, else 0.'),
  videosBlocked: videos.optional().describe('Absent: 0.'),
  videoSec: z
    .number()
    .min(0)
    .max(1_000_000)
    .optional()
    .describe('Seconds of all videos delivered, kept to the whole second; needed where any was.'),
  resolution: z.enum(RESOLUTIONS).optional().describe('Of the videos, to find a list price by; absent: 720p.'),
  audio: z.boolean().optional().describe('Likewise; absent: with sound.'),
  costUsd: z
    .number()
    .min(0)
    .max(1_000_000)
    .optional()
    .describe('What the provider charged; absent: its list price where one is known, marked as an estimate.'),
  quality: z.number().min(0).max(1).optional().describe('0 to 1, kept to the thousandth.'),
  scorer: line(100).optional().describe('Who or what gave the quality score; absent: the source.'),
  rating: z.int().min(1).max(5).optional().describe('Stars.'),
};

/** One generation that another system made, as it reports it. */
export const generationReportSchema = z.strictObject({
  source: sourceSchema.refine((source) => source !== OWN_SOURCE, `${OWN_SOURCE} is this system itself`),
  id: line(200).describe('The reporter’s own; the same id of the same source is the same generation.'),
  userId: line(128)
    .optional()
    .describe('Kept as a hash only. The Firebase uid where there is one, so that the user is the same one everywhere.'),
  provider: z
    .string()
    .min(1)
    .max(64)
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'must be letters, digits, dots, dashes and underscores'),
  model: line(100),
  kind: z.enum(KINDS),
  style: z.enum(STYLE_IDS).optional(),
  requestedAt: timeSchema,
  videosAsked: z.int().min(1).max(1_000).optional().describe('Absent: 1.'),
  ...endFields,
});
export type GenerationReport = z.infer<typeof generationReportSchema>;

/** What is told of a reported generation later; at least one thing. */
export const generationChangeSchema = z
  .strictObject(endFields)
  .refine((change) => Object.keys(change).length > 0, 'nothing to change');
export type GenerationChange = z.infer<typeof generationChangeSchema>;

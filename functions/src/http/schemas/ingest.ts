import { z } from '@hono/zod-openapi';
import { KINDS } from '../../core/catalogue/schema.ts';
import { MAX_ROWS } from '../../core/ingest/fields.ts';
import { productEventSchema } from '../../core/ingest/productEvent.ts';
import { generationChangeSchema, generationReportSchema } from '../../core/ingest/report.ts';

const isoTime = z.iso.datetime();
/** Rows are checked each for itself, so that one that does not fit harms no other. */
const rows = (what: string) =>
  z
    .array(z.unknown())
    .min(1)
    .max(MAX_ROWS)
    .openapi({ description: `each as ${what} alone, and taken in or refused for itself` });

/** One thing or a batch of them; a body is held against the one that it means to be, so that a refusal says what is wrong. */
function oneOrMany<One extends z.ZodType, Many extends z.ZodType>(one: One, many: Many, member: string) {
  return z.preprocess(
    (body, context) => {
      const isBatch = typeof body === 'object' && body !== null && Object.hasOwn(body, member);
      const { error } = (isBatch ? many : one).safeParse(body);
      for (const { path, message } of error?.issues ?? []) {
        context.issues.push({ code: 'custom', path, message, input: body });
      }
      return body;
    },
    z.union([one, many]),
  );
}

export const reportSchema = oneOrMany(
  generationReportSchema,
  z.strictObject({ generations: rows('a generation') }),
  'generations',
);
export const eventsSchema = oneOrMany(productEventSchema, z.strictObject({ events: rows('an event') }), 'events');
export const changeSchema = generationChangeSchema;
export const qualitySchema = z.strictObject({
  scorer: generationChangeSchema.shape.scorer.unwrap(),
  quality: z.number().min(0).max(1),
});

export const takenInSchema = z
  .object({
    accepted: z.int(),
    unchanged: z.int().openapi({ description: 'were in before, the same' }),
    refused: z.int(),
    results: z.array(
      z.object({
        index: z.int(),
        id: z.string().optional().openapi({ description: 'as it was sent' }),
        status: z.enum(['accepted', 'unchanged', 'refused']),
        reason: z.string().optional(),
        code: z.string().optional().openapi({ description: 'of a refusal' }),
        generationId: z.string().optional(),
      }),
    ),
  })
  .openapi('TakenIn');

export const scoredSchema = z.object({ generationId: z.string(), scorer: z.string(), quality: z.number() });

export const reportedMetricsSchema = z
  .object({
    generationId: z.string(),
    source: z.string(),
    provider: z.string(),
    model: z.string(),
    kind: z.enum(KINDS),
    style: z.string().optional(),
    outcome: z.string().nullable(),
    errorCode: z.string().optional(),
    fault: z.string().optional(),
    requestedAt: isoTime,
    endedAt: isoTime.optional(),
    queueMs: z.int().optional(),
    renderMs: z.int().optional(),
    storeMs: z.int().optional(),
    totalMs: z.int().optional(),
    attempts: z.int(),
    videosAsked: z.int(),
    videosDelivered: z.int(),
    videosBlocked: z.int(),
    videoSec: z.int(),
    costUsd: z.number().optional().openapi({ description: 'absent when nobody knows' }),
    costSource: z.enum(['reported', 'list_price', 'missing']).optional(),
    quality: z.number().optional(),
    scorer: z.string().optional(),
    ratingStars: z.int().optional(),
  })
  .openapi('ReportedMetrics');

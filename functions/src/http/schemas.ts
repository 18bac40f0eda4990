import { z } from '@hono/zod-openapi';
import { modelSchema } from '../core/catalogue/schema.ts';
import { STATES } from '../core/generation/state.ts';

const isoTime = z.iso.datetime();

/** The RFC 9457 body of every refusal. */
export const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.string(),
    detail: z.string(),
    requestId: z.string().optional(),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
    exceeded: z
      .object({ limit: z.string(), allowed: z.number(), used: z.number(), freesAt: isoTime.optional() })
      .optional()
      .openapi({ description: 'The limit that stood in the way; with freesAt comes Retry-After' }),
  })
  .openapi('Problem');

export const generationIdSchema = z.object({ id: z.string().regex(/^[A-Za-z0-9]{1,64}$/) });

export const generationSchema = z
  .object({
    id: z.string(),
    state: z.enum(STATES),
    model: z.string(),
    kind: z.string(),
    prompt: z.string().optional().openapi({ description: 'absent once deleted' }),
    negativePrompt: z.string().optional(),
    style: z.string().optional(),
    durationSec: z.int(),
    aspectRatio: z.string(),
    resolution: z.string(),
    audio: z.boolean(),
    videos: z.int(),
    seed: z.int().optional(),
    priceCredits: z.int().openapi({ description: 'held for all videos asked for' }),
    priceUsd: z.number(),
    chargedCredits: z.int().optional().openapi({ description: 'paid for the videos delivered, once ended' }),
    requestedAt: isoTime,
    submittedAt: isoTime.optional(),
    endedAt: isoTime.optional(),
    progress: z.number().openapi({ description: '0 to 1; while it renders, elapsed ÷ expected time' }),
    expectedEndAt: isoTime.optional(),
    attempts: z.int(),
    cancelRequestedAt: isoTime.optional(),
    videosBlocked: z.int(),
    blockReasons: z.array(z.string()).optional(),
    error: z.object({ code: z.string(), message: z.string(), fault: z.string() }).optional(),
    rating: z.int().optional(),
    deletedAt: isoTime.optional(),
    filesDeletedAt: isoTime.optional().openapi({ description: 'from then on the outputs have no links' }),
    outputs: z.array(
      z.object({
        index: z.int(),
        mimeType: z.string(),
        sizeBytes: z.int(),
        url: z.string().optional().openapi({ description: 'plays with range requests until urlExpiresAt' }),
        urlExpiresAt: isoTime.optional(),
        posterUrl: z.string().optional().openapi({ description: 'a JPEG at most 640 pixels wide, until urlExpiresAt' }),
      }),
    ),
  })
  .openapi('Generation');

export const generationPageSchema = z.object({
  generations: z.array(generationSchema),
  nextCursor: z.string().optional(),
});

export const generationMetricsSchema = z
  .object({
    generationId: z.string(),
    model: z.string(),
    provider: z.string(),
    kind: z.string(),
    style: z.string().optional(),
    outcome: z.string().nullable(),
    errorCode: z.string().optional(),
    fault: z.string().optional(),
    requestedAt: isoTime,
    endedAt: isoTime.optional(),
    queueMs: z.int().optional(),
    renderMs: z.int().optional().openapi({ description: 'late by at most renderUncertaintyMs' }),
    renderUncertaintyMs: z.int().optional(),
    storeMs: z.int().optional(),
    totalMs: z.int().optional(),
    attempts: z.int(),
    polls: z.int(),
    videosAsked: z.int(),
    videosDelivered: z.int(),
    videosBlocked: z.int(),
    videoSec: z.int(),
    costUsd: z.number(),
    costIsEstimate: z.literal(true),
    ratingStars: z.int().optional(),
  })
  .openapi('GenerationMetrics');

export const modelsSchema = z.object({
  models: z.array(modelSchema.safeExtend({ offered: z.boolean() })),
  styles: z.array(z.object({ id: z.string(), displayName: z.string() })),
});

const status = z.enum(['healthy', 'degraded', 'unhealthy']);

export const healthSchema = z
  .object({
    status,
    service: z.string(),
    pipeline: z.string(),
    version: z.string(),
    stages: z.array(z.object({ name: z.string(), status })),
    features: z.record(z.string(), z.boolean()),
  })
  .openapi('Health');

const seenError = z.object({ at: isoTime, message: z.string() });

export const servicesSchema = z.object({
  services: z.record(
    z.string(),
    z.object({
      ok: z.boolean(),
      latencyMs: z.int(),
      checkedAt: isoTime,
      details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
      lastError: seenError.optional(),
    }),
  ),
});

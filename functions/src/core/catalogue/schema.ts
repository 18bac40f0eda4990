import { z } from 'zod';

export const KINDS = ['text_to_video', 'image_to_video', 'reference_to_video'] as const;
export type Kind = (typeof KINDS)[number];

export const RESOLUTIONS = ['720p', '1080p', '4k'] as const;
export type Resolution = (typeof RESOLUTIONS)[number];

export const ASPECT_RATIOS = ['16:9', '9:16'] as const;
export type AspectRatio = (typeof ASPECT_RATIOS)[number];

const calendarDate = z.iso.date();
const positiveMs = z.int().positive();
const durationsSec = z.array(z.int().positive());

/** One model that can be asked for: what it can do, what the provider charges, and where each fact was read and when. */
export const modelSchema = z
  .strictObject({
    id: z.string().regex(/^[a-z0-9][a-z0-9.-]{2,63}$/),
    displayName: z.string().min(1),
    provider: z.enum(['google']),
    family: z.string().min(1),
    api: z.enum(['vertex-long-running']),
    kinds: z.array(z.enum(KINDS)).min(1),
    durationsSec: durationsSec.min(1),
    aspectRatios: z.array(z.enum(ASPECT_RATIOS)).min(1),
    /** Only resolutions with a known price are offered. */
    resolutions: z.array(z.enum(RESOLUTIONS)).min(1),
    /** Durations that a resolution is limited to; absent means all of `durationsSec`. */
    durationsSecByResolution: z.partialRecord(z.enum(RESOLUTIONS), durationsSec),
    /** Durations allowed with reference images; empty where references are not offered. */
    referenceDurationsSec: durationsSec,
    maxVideos: z.int().min(1).max(4),
    audio: z.boolean(),
    /** List prices in millionths of a US dollar per second of video, each from the first UTC day that its source vouches for. */
    prices: z.array(
      z.strictObject({
        resolution: z.enum(RESOLUTIONS),
        audio: z.boolean(),
        usdMicrosPerSec: z.int().positive(),
        effectiveFrom: calendarDate,
      }),
    ),
    /** The shortest and the longest render that the provider speaks of. */
    documentedRenderTimeMs: z.strictObject({ min: positiveMs, max: positiveMs }),
    /** How long after acceptance a render may take before it is given up. */
    deadlineMs: positiveMs,
    regions: z.array(z.string().min(1)).min(1),
    releasedOn: calendarDate.nullable(),
    /** The last day on which the provider takes requests. */
    sunsetOn: calendarDate.nullable(),
    successor: z.string().nullable(),
    source: z.url(),
    asOf: calendarDate,
  })
  .superRefine((model, ctx) => {
    for (const resolution of model.resolutions) {
      if (!model.prices.some((p) => p.resolution === resolution && p.audio === model.audio)) {
        ctx.addIssue({ code: 'custom', message: `${model.id} offers ${resolution} without a price` });
      }
    }
    if (model.kinds.includes('reference_to_video') !== model.referenceDurationsSec.length > 0) {
      ctx.addIssue({ code: 'custom', message: `${model.id}: reference durations and kinds disagree` });
    }
  });

export type Model = z.infer<typeof modelSchema>;

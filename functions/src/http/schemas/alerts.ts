import { z } from '@hono/zod-openapi';
import { SEVERITIES } from '../../core/alert/rule.ts';
import { alertText } from './alertText.ts';
import { pageQuery } from './page.ts';

const isoTime = z.iso.datetime();
const count = z.int().min(0);
export const EPISODE_STATES = ['pending', 'firing', 'acknowledged', 'recovering', 'resolved'] as const;

export const episodeIdSchema = z.object({ id: z.string().regex(/^[A-Za-z0-9_.-]{1,200}$/) });

export const episodesQuerySchema = z.strictObject({
  ...pageQuery,
  state: z.enum(EPISODE_STATES).optional(),
  severity: z.enum(SEVERITIES).optional(),
  rule: z.string().min(1).max(64).optional(),
  from: z.iso.datetime({ offset: true }).optional().openapi({ description: 'that began then or later' }),
  to: z.iso.datetime({ offset: true }).optional().openapi({ description: 'that began before' }),
});

const MAX_MINUTES = 30 * 24 * 60;
const span = {
  forMin: z.int().min(1).max(MAX_MINUTES).optional(),
  until: z.iso
    .datetime({ offset: true })
    .optional()
    .openapi({ description: 'instead of forMin; at most 30 days ahead' }),
};
const note = alertText(2_000).optional();

export const acknowledgeSchema = z.strictObject({ ...span, note });
export const snoozeSchema = z.strictObject({ ...span, note });
export const resolveSchema = z.strictObject({
  rootCause: alertText(5_000).optional(),
  resolution: alertText(5_000).optional(),
  note,
});
export const noteSchema = z.strictObject({ text: alertText(5_000) });
export const nothingSchema = z.strictObject({});

const observationSchema = z.object({
  at: isoTime,
  from: isoTime,
  to: isoTime,
  value: z.number().nullable().openapi({ description: 'null: there was nothing to compute it from' }),
  n: count,
  before: z.number().optional().openapi({ description: 'what a change is measured against' }),
});

const actorSchema = z.record(z.string(), z.string());

export const episodeSchema = z
  .object({
    id: z.string(),
    rule: z.string(),
    ruleName: z.string(),
    group: z.record(z.string(), z.string()),
    state: z.enum(EPISODE_STATES),
    severity: z.enum(SEVERITIES),
    peakSeverity: z.enum(SEVERITIES),
    live: z.boolean().openapi({ description: 'false: over, and what happens next is another episode' }),
    flapping: z.boolean(),
    beganAt: isoTime.openapi({ description: 'of the data, as firedAt, recoveringSince and resolvedAt' }),
    firedAt: isoTime.optional(),
    recoveringSince: isoTime.optional(),
    resolvedAt: isoTime.optional(),
    notifiedAt: isoTime.optional().openapi({ description: 'by the clock, as all that follow' }),
    acknowledgedAt: isoTime.optional(),
    endedAt: isoTime.optional(),
    snoozedUntil: isoTime.optional(),
    nextEscalationAt: isoTime.optional(),
    acknowledgement: z
      .object({ by: actorSchema, at: isoTime, until: isoTime.optional(), note: z.string().optional() })
      .optional(),
    resolution: z
      .object({
        by: z.union([z.literal('auto'), actorSchema]),
        rootCause: z.string().optional(),
        resolution: z.string().optional(),
      })
      .optional(),
    latest: observationSchema.optional(),
    worst: observationSchema.optional(),
    links: z.object({ self: z.string(), data: z.string().optional() }),
  })
  .openapi('Alert');

export const episodePageSchema = z.object({
  alerts: z.array(episodeSchema),
  open: z
    .record(z.enum(SEVERITIES), count)
    .openapi({ description: 'how many are open now, by severity, whatever the filters' }),
  nextCursor: z.string().optional(),
});

const entrySchema = z.object({
  seq: z.int().min(1),
  at: isoTime,
  reason: z.string(),
  sentence: z.string(),
  state: z.enum(EPISODE_STATES),
  severity: z.enum(SEVERITIES),
  observation: observationSchema.optional(),
  by: actorSchema.optional(),
  note: z.string().optional(),
});

export const deliverySchema = z.object({
  id: z.string(),
  channel: z.string(),
  kind: z.string(),
  state: z.enum(['waiting', 'sending', 'sent', 'dead']),
  verb: z.string(),
  reason: z.string(),
  severity: z.enum(SEVERITIES),
  title: z.string(),
  createdAt: isoTime,
  sentAt: isoTime.optional(),
  nextAttemptAt: isoTime.optional(),
  possiblyDuplicate: z.boolean(),
  insteadOf: z.string().optional(),
  attempts: z.array(
    z.object({
      n: count,
      at: isoTime,
      endedAt: isoTime.optional(),
      outcome: z.string().optional(),
      code: z.string().optional(),
      message: z.string().optional(),
    }),
  ),
});

const numberSchema = z.object({ value: z.number().nullable(), unit: z.string(), n: count });

export const impactSchema = z.object({
  from: isoTime,
  to: isoTime,
  complete: z.boolean(),
  metrics: z.record(z.string(), numberSchema),
});

export const seriesSchema = z.object({
  metric: z.string(),
  unit: z.string(),
  bounds: z.record(z.string(), z.number()),
  granularity: z.string(),
  points: z.array(z.object({ start: isoTime, end: isoTime, value: z.number().nullable(), n: count })),
});

export const episodeDetailSchema = episodeSchema
  .extend({
    timeline: z.array(entrySchema),
    moreTimelineAfter: z.int().optional().openapi({ description: 'ask for the rest with ?afterSeq=' }),
    deliveries: z.array(deliverySchema).openapi({ description: 'the latest 100' }),
    series: seriesSchema.nullable().openapi({
      description: 'null for a signal, which has no history in the rollups, or where that is no longer kept',
    }),
    impact: impactSchema.nullable(),
  })
  .openapi('AlertDetail');

export const reportSchema = z.object({
  alert: episodeSchema,
  times: z.object({ toAcknowledgeMs: count.optional(), toResolveMs: count.optional() }),
  impact: impactSchema.nullable(),
  timeline: z.array(entrySchema),
  deliveries: z.array(deliverySchema),
});

export const detailQuerySchema = z.strictObject({ afterSeq: z.coerce.number().int().min(0).default(0) });
export const reportQuerySchema = z.strictObject({ format: z.enum(['json', 'markdown']).default('json') });

export const dashboardQuerySchema = z.strictObject({ days: z.coerce.number().int().min(1).max(90).default(7) });

const durationSchema = z.object({ meanMs: z.number().nullable(), p95Ms: z.number().nullable(), n: count });
export const dashboardSchema = z
  .object({
    from: isoTime,
    to: isoTime,
    open: z.record(z.enum(SEVERITIES), count),
    unacknowledged: count,
    episodes: count,
    complete: z
      .boolean()
      .openapi({ description: 'false: only the latest 1,000 episodes or 1,000 deliveries are counted' }),
    timeToAcknowledge: durationSchema,
    timeToResolve: durationSchema,
    noisiest: z.array(z.object({ rule: z.string(), episodes: count, openings: count, deliveries: count })),
    channels: z.array(
      z.object({
        channel: z.string(),
        kind: z.string(),
        sent: count,
        dead: count,
        waiting: count,
        retried: count,
        delayMs: durationSchema,
      }),
    ),
  })
  .openapi('AlertDashboard');

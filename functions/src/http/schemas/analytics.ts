import { z } from '@hono/zod-openapi';
import { BREAKDOWNS } from '../../core/analytics/groups.ts';
import { TERMINAL_STATES } from '../../core/generation/outcome.ts';
import { GRANULARITY_NAMES } from '../../core/rollup/bucket.ts';
import { METRICS } from '../../core/rollup/metrics.ts';

export const isoTime = z.iso.datetime();
export const unit = z.enum(['count', 'ratio', 'ms', 's', 'usd', 'usd/s', 'credits', 'stars', 'score']);
export const point = {
  value: z.number().nullable().openapi({ description: 'null where it would rest on nothing' }),
  n: z.int().openapi({ description: 'how many generations it rests on' }),
};
const number = z.object({ ...point, unit }).openapi('MetricNumber');

const metrics = z
  .object({
    ...Object.fromEntries(METRICS.map((metric) => [metric.name, number])),
    users: number.extend({
      exact: z.boolean().openapi({ description: 'true up to 1,000; beyond that within 2.5 %' }),
    }),
    ratings: z.object({
      unit: z.literal('count'),
      n: z.int(),
      histogram: z.array(z.object({ stars: z.int(), count: z.int() })),
    }),
  })
  .openapi('Metrics');

export const change = z
  .object({ difference: z.number().nullable(), ratio: z.number().nullable() })
  .openapi('MetricChange', { description: 'now − before, and that ÷ before; null where there is nothing to compare' });
const changes = z.record(z.string(), change);

export const range = z
  .object({
    from: isoTime,
    to: isoTime,
    tz: z.string(),
    complete: z.boolean().openapi({ description: 'whether all that was recorded up to its end is counted' }),
    through: isoTime.nullable().openapi({ description: 'all that was recorded up to here is counted' }),
    sources: z
      .array(
        z.object({
          source: z.enum(['rollups', 'warehouse']),
          ...{ from: isoTime, to: isoTime },
          through: isoTime.nullable().openapi({ description: 'all that was recorded up to here is in the source' }),
        }),
      )
      .openapi({ description: 'what it was answered from, by stretches of time' }),
  })
  .openapi('Range');
export const filters = z.object({
  provider: z.string().optional(),
  model: z.string().optional(),
  kind: z.string().optional(),
  style: z.string().optional(),
});
const answer = { range, filters };

/** What is answered for the period before, too, when that is asked for. */
const previous = z.object({ range, metrics, changes }).optional();

export const summarySchema = z.object({ ...answer, metrics, previous }).openapi('Summary');

export const performanceSchema = z
  .object({
    ...{ ...answer, granularity: z.enum(GRANULARITY_NAMES) },
    series: z.array(z.object({ start: isoTime, end: isoTime, complete: z.boolean(), metrics })),
  })
  .openapi('Performance');

export const group = { provider: z.string().optional(), model: z.string().optional(), kind: z.string().optional() };

export const providersSchema = z
  .object({
    ...{ ...answer, by: z.enum(BREAKDOWNS), metrics },
    rows: z.array(z.object({ ...group, metrics, previous: z.object({ metrics, changes }).optional() })),
    previous,
  })
  .openapi('Providers');

const costNumbers = z.record(z.string(), number);
const costChanges = { metrics: costNumbers, changes };
export const costsSchema = z
  .object({
    ...{ ...answer, by: z.enum(BREAKDOWNS), metrics: costNumbers },
    rows: z.array(z.object({ ...group, metrics: costNumbers, previous: z.object(costChanges).optional() })),
    previous: z.object({ range, ...costChanges }).optional(),
  })
  .openapi('Costs');

const traits = {
  code: z.string(),
  component: z.string(),
  severity: z.enum(['info', 'warning', 'error', 'critical']),
  fault: z.enum(['user', 'provider', 'house']).nullable(),
};
export const errorsSchema = z
  .object({
    ...answer,
    ended: z.int().nullable().openapi({ description: 'all generations that ended; null where nothing is known yet' }),
    errors: z.array(
      z.object({
        ...{ ...traits, count: z.int() },
        share: z.number().nullable().openapi({ description: 'of all that ended' }),
      }),
    ),
    patterns: z
      .array(
        z.object({
          ...{ code: z.string(), provider: z.string(), model: z.string(), count: z.int() },
          share: z.number().nullable().openapi({ description: 'of all of this model that ended' }),
          resolutions: z.object({
            resolved: z.int().openapi({ description: 'streaks of failing buckets after which one went without' }),
            open: z.boolean().openapi({ description: 'whether the last streak goes on' }),
            meanMs: z.number().nullable(),
            maxMs: z.number().nullable(),
          }),
        }),
      )
      .openapi({ description: 'the 100 most frequent' }),
    resolutionGranularity: z.enum(GRANULARITY_NAMES).openapi({ description: 'of the times to resolution' }),
    styles: z
      .array(z.object({ style: z.string(), metrics }))
      .openapi({ description: 'empty beside provider, model or kind: styles are counted by themselves' }),
  })
  .openapi('Errors');

export const metricDefinitionsSchema = z.object({
  metrics: z.array(z.object({ name: z.string(), unit: z.string(), meaning: z.string(), formula: z.string() })),
});

export const generationMetricsPageSchema = z
  .object({
    generations: z.array(
      z.object({
        ...{ generationId: z.string(), source: z.string(), reported: z.boolean() },
        ...{ provider: z.string(), model: z.string(), kind: z.string(), style: z.string().optional() },
        outcome: z.enum(TERMINAL_STATES).nullable(),
        errorCode: z.string().optional(),
        fault: z.string().optional(),
        ...{ requestedAt: isoTime, endedAt: isoTime.optional() },
        queueMs: z.int().optional(),
        renderMs: z.int().optional(),
        renderUncertaintyMs: z.int().optional(),
        storeMs: z.int().optional(),
        totalMs: z.int().optional(),
        ...{ attempts: z.int(), videosAsked: z.int(), videosDelivered: z.int(), videosBlocked: z.int() },
        ...{ videoSec: z.number(), costUsd: z.number(), wasteUsd: z.number(), possibleWasteUsd: z.number() },
        costIsEstimate: z.boolean(),
        chargedCredits: z.int().optional(),
        ratingStars: z.int().optional(),
        quality: z.number().optional(),
      }),
    ),
    nextCursor: z.string().optional(),
  })
  .openapi('GenerationMetricsPage');

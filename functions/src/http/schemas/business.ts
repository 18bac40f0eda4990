import { z } from '@hono/zod-openapi';
import { BUSINESS_PARTS } from '../../core/insights/business/schema.ts';
import { INSIGHT_GRANULARITIES } from '../../core/insights/period.ts';

const date = z.iso.date();
const isoTime = z.iso.datetime();
const count = z.int();
const ratio = z
  .object({
    value: z.number().nullable().openapi({ description: 'null where it would rest on nothing' }),
    n: count.openapi({ description: 'how many it rests on' }),
  })
  .openapi('InsightRatio');

/** What every answer about periods begins with. */
export const insightHead = {
  granularity: z.enum(INSIGHT_GRANULARITIES),
  range: z.object({ from: date, to: date, tz: z.literal('UTC') }),
  through: isoTime.nullable().openapi({ description: 'all that was recorded up to here is in the warehouse' }),
  complete: z.boolean().openapi({ description: 'whether all of these periods are over and computed' }),
  source: z
    .enum(['documents', 'warehouse', 'both'])
    .openapi({ description: 'computed ahead, or from the warehouse for this answer' }),
};

/** What is said of each period. */
export const insightPeriodHead = {
  ...{ start: date, end: date },
  isClosed: z.boolean().openapi({ description: 'false: the period is not over' }),
  through: isoTime.openapi({ description: 'all that was recorded up to here is in it' }),
  computedAt: isoTime,
  source: z.enum(['document', 'warehouse']),
};

const mature = {
  matureAt: isoTime.openapi({ description: 'when 30 days have passed for everybody' }),
  isMature: z.boolean().openapi({ description: 'false: it may still rise' }),
};
const step = z.object({
  users: count,
  medianMs: count.optional().openapi({ description: 'since the step before; of an even number the lower' }),
  ...{ ofSignups: ratio, ofStepBefore: ratio },
});
const { revenue, subscriptions, trials, activeUsers, tickets, api } = BUSINESS_PARTS;

const period = z
  .object({
    ...insightPeriodHead,
    revenue: revenue.optional(),
    subscriptions: subscriptions.optional(),
    trials: trials.extend(mature).optional(),
    activeUsers: activeUsers.optional(),
    funnel: z.object({ signups: count, asked: step, downloaded: step, paid: step, ...mature }).optional(),
    tickets: tickets.optional(),
    api: api.optional(),
    ratios: z.record(z.string(), ratio),
  })
  .openapi('BusinessPeriod', { description: 'a part that is not known is not there; money in millionths of a dollar' });

const totals = z.record(z.string(), count).openapi({ description: 'what is not known of every period is not there' });

export const businessSchema = z
  .object({
    ...{ ...insightHead, periods: z.array(period), totals },
    previous: z
      .object({
        range: insightHead.range,
        totals,
        changes: z.record(z.string(), z.object({ difference: count, ratio: z.number().nullable() })),
      })
      .optional(),
  })
  .openapi('Business');

export const retentionSchema = z
  .object({
    ...insightHead,
    cohorts: z.array(
      z.object({
        ...{ start: date, end: date, users: count },
        cells: z.array(
          z.object({
            periodsLater: count.openapi({ description: '0: the period of the signup' }),
            ...{ start: date, activeUsers: count, share: ratio, isClosed: z.boolean() },
          }),
        ),
      }),
    ),
  })
  .openapi('Retention');

export const featureAdoptionSchema = z
  .object({
    ...insightHead,
    periods: z.array(
      z.object({
        ...insightPeriodHead,
        features: z
          .array(
            z.object({
              ...{ feature: z.string(), users: count, events: count },
              adoption: ratio.optional().openapi({ description: 'users ÷ active users' }),
            }),
          )
          .optional()
          .openapi({ description: 'the 50 with the most users' }),
      }),
    ),
  })
  .openapi('FeatureAdoption');

import { z } from '@hono/zod-openapi';
import { BREAKDOWNS } from '../../core/analytics/groups.ts';
import { TREND_GRANULARITIES } from '../../core/analytics/trendPeriods.ts';
import { change, filters, group, isoTime, point, range, unit } from './analytics.ts';

const periods = z
  .array(
    z.object({
      ...{ start: isoTime, end: isoTime },
      isWhole: z.boolean().openapi({ description: 'false where the period asked for cuts it' }),
      complete: z.boolean().openapi({ description: 'whether all that was recorded up to its end is counted' }),
    }),
  )
  .openapi({ description: 'hours, days, weeks or months, in order; the points of a series are in the same order' });
const points = z.array(z.object(point)).openapi({ description: 'one for each of the periods' });

const trend = z
  .object({
    n: z.int().openapi({ description: 'values that it rests on: of whole, complete periods' }),
    slope: z.number().nullable().openapi({ description: 'change from one period to the next (Theil–Sen)' }),
    pValue: z.number().nullable().openapi({ description: 'Mann–Kendall, two-sided; null for fewer than 8 values' }),
    direction: z.enum(['rising', 'falling', 'none', 'unknown']).openapi({ description: 'at a level of 0.05' }),
    weekly: z
      .object({
        isSignificant: z.boolean(),
        pValue: z.number().openapi({ description: 'Kruskal–Wallis, of what the trend leaves' }),
        medians: z.array(z.object({ weekday: z.int().openapi({ description: '1: Monday' }), median: z.number() })),
      })
      .nullable()
      .openapi({ description: 'whether days of the week differ; null for fewer than four of any' }),
    last: z
      .object({
        at: z.int().openapi({ description: 'of which point: those after it have no value or are not over' }),
        isUnusual: z.boolean(),
        ...{ low: z.number(), high: z.number() },
      })
      .nullable()
      .openapi({
        description:
          'the last value against median ± 3 × 1.4826 × MAD of what those before it leave of their trend, and of their weekday where these differ (root mean square for 1.4826 × MAD where most are equal); null for fewer than 9 values',
      }),
  })
  .openapi('Trend');

export const trendsSchema = z
  .object({
    ...{ range, filters, granularity: z.enum(TREND_GRANULARITIES), by: z.enum(['none', ...BREAKDOWNS]), periods },
    previous: z.object({ range, periods }).optional(),
    groups: z.int().openapi({ description: 'how many there are; the 20 with most arrivals are told' }),
    series: z.array(
      z.object({
        ...{ ...group, metric: z.string(), unit, ...point, points, trend },
        previous: z.object({ ...point, points, change }).optional(),
      }),
    ),
  })
  .openapi('Trends');

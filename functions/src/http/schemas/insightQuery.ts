import { z } from '@hono/zod-openapi';
import { INSIGHT_GRANULARITIES, INSIGHT_RANGES } from '../../core/insights/period.ts';

const granularity = (of: typeof INSIGHT_GRANULARITIES) =>
  z.enum(of).openapi({ description: 'UTC days, weeks from Monday, or months; whole ones, 120 at most' });

/** Which periods are asked for; all that touch it. */
export const insightPeriodQuery = {
  from: z.iso.date().optional().openapi({ description: 'a UTC day' }),
  to: z.iso.date().optional().openapi({ description: 'the UTC day after the last' }),
  range: z
    .enum(INSIGHT_RANGES)
    .optional()
    .openapi({ description: 'so many days and today, instead of from and to; 30d by default' }),
};

export const insightQuerySchema = z.strictObject({
  ...insightPeriodQuery,
  granularity: granularity(INSIGHT_GRANULARITIES).default('day'),
});
export const businessQuerySchema = insightQuerySchema.extend({
  compare: z
    .enum(['previous', 'none'])
    .default('none')
    .openapi({ description: 'previous: with as many periods before; 60 at most then' }),
});
export const retentionQuerySchema = z.strictObject({
  ...insightPeriodQuery,
  granularity: z
    .enum(['week', 'month'])
    .default('week')
    .openapi({ description: 'cohorts of a UTC week from Monday or a month; 109 at most' }),
});

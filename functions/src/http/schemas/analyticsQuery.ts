import { z } from '@hono/zod-openapi';
import { BREAKDOWNS } from '../../core/analytics/groups.ts';
import { LONG_RANGES, RANGES } from '../../core/analytics/period.ts';
import { TREND_GRANULARITIES } from '../../core/analytics/trendPeriods.ts';
import { KINDS } from '../../core/catalogue/schema.ts';
import { TERMINAL_STATES } from '../../core/generation/outcome.ts';
import { GRANULARITY_NAMES } from '../../core/rollup/bucket.ts';
import { pageQuery } from './page.ts';

const moment = z.union([z.iso.date(), z.iso.datetime({ offset: true })]);
const name = z.string().min(1).max(100);

const periodQuery = {
  from: moment.optional().openapi({ description: 'a day in tz, or a time; from here' }),
  to: moment.optional().openapi({ description: 'up to and not with this one' }),
  range: z
    .enum(RANGES)
    .optional()
    .openapi({ description: 'whole hours (24h) or days and the open one, instead of from and to; 24h by default' }),
  tz: z.string().min(1).max(64).default('UTC').openapi({ description: 'IANA name of the zone whose days count' }),
};

const filterQuery = {
  provider: name.optional(),
  model: name.optional().openapi({ description: 'models that are not counted by name are `other`' }),
  kind: z.enum(KINDS).optional(),
};
const styleQuery = { style: name.optional().openapi({ description: 'not with provider, model or kind' }) };
const compareQuery = { compare: z.enum(['previous', 'none']).default('none') };

export const summaryQuerySchema = z.strictObject({ ...periodQuery, ...filterQuery, ...styleQuery, ...compareQuery });
export const performanceQuerySchema = z.strictObject({
  ...{ ...periodQuery, ...filterQuery, ...styleQuery },
  granularity: z.enum(GRANULARITY_NAMES).default('1h'),
});
export const providersQuerySchema = z.strictObject({
  ...{ ...periodQuery, ...filterQuery, ...compareQuery },
  by: z.enum(BREAKDOWNS).default('cell').openapi({ description: 'cell: provider, model and kind' }),
});
export const errorsQuerySchema = z.strictObject({ ...periodQuery, ...filterQuery });
export const costsQuerySchema = z.strictObject({
  ...{ ...periodQuery, ...filterQuery, ...compareQuery },
  by: z.enum(BREAKDOWNS).default('model'),
});
const metrics = z
  .string()
  .min(1)
  .max(500)
  .transform((text) => [...new Set(text.split(','))])
  .pipe(z.array(name).max(8));
export const trendsQuerySchema = z.strictObject({
  metric: metrics.openapi({
    type: 'string',
    description: 'names of /metric-definitions, separated by commas, at most 8',
  }),
  ...{ ...periodQuery, ...filterQuery, ...styleQuery, ...compareQuery },
  range: z
    .enum(LONG_RANGES)
    .optional()
    .openapi({ description: 'whole hours (24h) or days and the open one, instead of from and to; 30d by default' }),
  granularity: z
    .enum(TREND_GRANULARITIES)
    .default('day')
    .openapi({ description: 'hours of at most 14 days; weeks begin on Monday' }),
  by: z
    .enum(['none', ...BREAKDOWNS])
    .default('none')
    .openapi({ description: 'cell: provider, model and kind' }),
});
export const generationMetricsQuerySchema = z.strictObject({
  ...pageQuery,
  from: periodQuery.from,
  to: periodQuery.to,
  tz: periodQuery.tz,
  model: name.optional(),
  outcome: z.enum(TERMINAL_STATES).optional(),
});

import { createRoute } from '@hono/zod-openapi';
import { trends } from '../../../features/analytics/index.ts';
import { json, REFUSALS } from '../../answers.ts';
import { router } from '../../router.ts';
import { trendsQuerySchema } from '../../schemas/analyticsQuery.ts';
import { trendsSchema } from '../../schemas/trends.ts';
import { NOT_MODIFIED, tagged } from './tagged.ts';

const getTrends = createRoute({
  method: 'get',
  path: '/trends',
  summary: 'Where metrics are going, by hour, day, week or month: slope, significance, weekdays, unusual values',
  request: { query: trendsQuerySchema },
  responses: { 200: json(trendsSchema, 'Series of at most 400 points'), ...NOT_MODIFIED, 400: REFUSALS[400] },
});

/** Where the numbers are going. */
export const trendsOfMetrics = router().openapi(getTrends, (c) => {
  const query = c.req.valid('query');
  return tagged(c, query, async (asOf) => c.json(await trends(asOf, query), 200));
});

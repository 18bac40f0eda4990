import { createRoute } from '@hono/zod-openapi';
import { quality } from '../../../features/insights/index.ts';
import { json, REFUSALS, TOO_MUCH } from '../../answers.ts';
import { router } from '../../router.ts';
import { qualityQuerySchema, qualitySchema } from '../../schemas/behaviour.ts';
import { NOT_MODIFIED } from '../analytics/tagged.ts';
import { taggedInsight } from './tagged.ts';

const get = createRoute({
  method: 'get',
  path: '/quality',
  summary: 'Scores, ratings and errors by day, week or month, and whether they moved',
  request: { query: qualityQuerySchema },
  responses: {
    200: json(qualitySchema, 'Periods in order, the groups of each'),
    ...{ ...NOT_MODIFIED, 400: REFUSALS[400], ...TOO_MUCH },
  },
});

/** How good the videos are. */
export const qualityInsights = router().openapi(get, (c) => {
  const query = c.req.valid('query');
  return taggedInsight(c, query, async (asOf) => c.json(await quality(asOf, query), 200));
});

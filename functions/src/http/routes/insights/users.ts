import { createRoute, z } from '@hono/zod-openapi';
import { behaviour, insightOfUser, ownInsight } from '../../../features/insights/index.ts';
import { json, REFUSALS, TOO_MUCH } from '../../answers.ts';
import { router } from '../../router.ts';
import { uidSchema } from '../../schemas/admin.ts';
import { ownInsightSchema, personInsightSchema, userInsightsSchema } from '../../schemas/behaviour.ts';
import { insightQuerySchema } from '../../schemas/insightQuery.ts';
import { NOT_MODIFIED } from '../analytics/tagged.ts';
import { taggedInsight } from './tagged.ts';

const getAll = createRoute({
  method: 'get',
  path: '/user-insights',
  summary: 'What users do by day, week or month: segments, activity, preferences, hours, first generations',
  request: { query: insightQuerySchema },
  responses: {
    200: json(userInsightsSchema, 'Periods in order'),
    ...{ ...NOT_MODIFIED, 400: REFUSALS[400], ...TOO_MUCH },
  },
});

const getOwn = createRoute({
  method: 'get',
  path: '/user-insights/me',
  summary: 'What you did in the last 365 days',
  request: { query: z.strictObject({}) },
  responses: { 200: json(ownInsightSchema, 'You'), 400: REFUSALS[400] },
});

const getOne = createRoute({
  method: 'get',
  path: '/user-insights/{uid}',
  summary: 'What a user did in the last 365 days; the audit log says who asked',
  request: { params: uidSchema, query: z.strictObject({}) },
  responses: { 200: json(personInsightSchema, 'The user'), ...REFUSALS },
});

/** What users do, together and one by one. */
export const userInsights = router()
  .openapi(getAll, (c) => {
    const query = c.req.valid('query');
    return taggedInsight(c, query, async (asOf) => c.json(await behaviour(asOf, query), 200));
  })
  .openapi(getOwn, async (c) => c.json(await ownInsight(c.var.actor), 200))
  .openapi(getOne, async (c) => c.json(await insightOfUser(c.var.actor, c.var.address, c.req.valid('param').uid), 200));

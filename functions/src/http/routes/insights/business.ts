import { createRoute } from '@hono/zod-openapi';
import { business, featureAdoption, retention } from '../../../features/insights/index.ts';
import { json, REFUSALS, TOO_MUCH } from '../../answers.ts';
import { router } from '../../router.ts';
import { businessSchema, featureAdoptionSchema, retentionSchema } from '../../schemas/business.ts';
import { businessQuerySchema, insightQuerySchema, retentionQuerySchema } from '../../schemas/insightQuery.ts';
import { NOT_MODIFIED } from '../analytics/tagged.ts';
import { taggedInsight } from './tagged.ts';

const NOTES = { ...NOT_MODIFIED, 400: REFUSALS[400], ...TOO_MUCH } as const;

const getBusiness = createRoute({
  method: 'get',
  path: '/business',
  summary: 'Revenue, subscriptions, trials, active users, activation and tickets by day, week or month',
  request: { query: businessQuerySchema },
  responses: { 200: json(businessSchema, 'Periods in order, and what they come to'), ...NOTES },
});

const getRetention = createRoute({
  method: 'get',
  path: '/business/retention',
  summary: 'How many of those who signed up in a week or month came back in it and in the eleven after it',
  request: { query: retentionQuerySchema },
  responses: { 200: json(retentionSchema, 'A row a cohort'), ...NOTES },
});

const getFeatures = createRoute({
  method: 'get',
  path: '/business/features',
  summary: 'Which features are used, by how many of the active users',
  request: { query: insightQuerySchema },
  responses: { 200: json(featureAdoptionSchema, 'Periods in order, the 50 most used features of each'), ...NOTES },
});

/** How the product does as a business. */
export const businessMetrics = router()
  .openapi(getBusiness, (c) => {
    const query = c.req.valid('query');
    return taggedInsight(c, query, async (asOf) => c.json(await business(asOf, query), 200));
  })
  .openapi(getRetention, (c) => {
    const query = c.req.valid('query');
    return taggedInsight(c, query, async (asOf) => c.json(await retention(asOf, query), 200));
  })
  .openapi(getFeatures, (c) => {
    const query = c.req.valid('query');
    return taggedInsight(c, query, async (asOf) => c.json(await featureAdoption(asOf, query), 200));
  });

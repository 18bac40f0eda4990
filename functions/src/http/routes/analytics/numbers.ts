import { createRoute, z } from '@hono/zod-openapi';
import { COST_METRICS, numbersOf, wholeView } from '../../../core/analytics/view.ts';
import { METRICS } from '../../../core/rollup/metrics.ts';
import { errors, performance, rows, summary } from '../../../features/analytics/index.ts';
import { json, REFUSALS } from '../../answers.ts';
import { router } from '../../router.ts';
import {
  costsSchema,
  errorsSchema,
  metricDefinitionsSchema,
  performanceSchema,
  providersSchema,
  summarySchema,
} from '../../schemas/analytics.ts';
import {
  costsQuerySchema,
  errorsQuerySchema,
  performanceQuerySchema,
  providersQuerySchema,
  summaryQuerySchema,
} from '../../schemas/analyticsQuery.ts';
import { NOT_MODIFIED, tagged } from './tagged.ts';

const NOTES = { ...NOT_MODIFIED, 400: REFUSALS[400] } as const;

const getSummary = createRoute({
  method: 'get',
  path: '/summary',
  summary: 'All metrics of a period, with the period before on request',
  request: { query: summaryQuerySchema },
  responses: { 200: json(summarySchema, 'Numbers with sample size and unit'), ...NOTES },
});

const getPerformance = createRoute({
  method: 'get',
  path: '/performance',
  summary: 'All metrics of a period by minute, quarter, hour or day',
  request: { query: performanceQuerySchema },
  responses: { 200: json(performanceSchema, 'A series of at most 400'), ...NOTES },
});

const getProviders = createRoute({
  method: 'get',
  path: '/providers',
  summary: 'All metrics of a period by provider, model and kind',
  request: { query: providersQuerySchema },
  responses: { 200: json(providersSchema, 'Rows, most arrivals first'), ...NOTES },
});

const getErrors = createRoute({
  method: 'get',
  path: '/errors',
  summary: 'What went wrong: by code, by code and model with times to resolution; and success by style',
  request: { query: errorsQuerySchema },
  responses: { 200: json(errorsSchema, 'Errors, the most frequent first'), ...NOTES },
});

const getCosts = createRoute({
  method: 'get',
  path: '/costs',
  summary: 'Cost, waste, and what a second of video costs, by provider, model and kind',
  request: { query: costsQuerySchema },
  responses: { 200: json(costsSchema, 'Rows, most arrivals first'), ...NOTES },
});

const getDefinitions = createRoute({
  method: 'get',
  path: '/metric-definitions',
  summary: 'What each metric means, its unit and how it comes about',
  request: { query: z.strictObject({}) },
  responses: { 200: json(metricDefinitionsSchema, 'Every metric'), 400: REFUSALS[400] },
});

/** What is counted, as numbers. */
export const numbers = router()
  .openapi(getSummary, (c) => {
    const query = c.req.valid('query');
    return tagged(c, query, async (asOf) => c.json(await summary(asOf, query), 200));
  })
  .openapi(getPerformance, (c) => {
    const query = c.req.valid('query');
    return tagged(c, query, async (asOf) => c.json(await performance(asOf, query), 200));
  })
  .openapi(getProviders, (c) => {
    const query = c.req.valid('query');
    return tagged(c, query, async (asOf) => c.json(await rows(asOf, query, wholeView), 200));
  })
  .openapi(getErrors, (c) => {
    const query = c.req.valid('query');
    return tagged(c, query, async (asOf) => c.json(await errors(asOf, query), 200));
  })
  .openapi(getCosts, (c) => {
    const query = c.req.valid('query');
    return tagged(c, query, async (asOf) =>
      c.json(await rows(asOf, query, (cell) => numbersOf(cell, COST_METRICS)), 200),
    );
  })
  .openapi(getDefinitions, (c) => {
    const metrics = METRICS.map(({ name, unit, meaning, formula }) => ({ name, unit, meaning, formula }));
    return c.json({ metrics }, 200);
  });

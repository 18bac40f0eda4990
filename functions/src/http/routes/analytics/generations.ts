import { createRoute } from '@hono/zod-openapi';
import { listGenerationMetrics, type Measured } from '../../../features/analytics/index.ts';
import { json, REFUSALS } from '../../answers.ts';
import { router } from '../../router.ts';
import { generationMetricsPageSchema } from '../../schemas/analytics.ts';
import { generationMetricsQuerySchema } from '../../schemas/analyticsQuery.ts';

const list = createRoute({
  method: 'get',
  path: '/metrics/generations',
  summary: 'The measured facts of all generations, the latest asked for first',
  request: { query: generationMetricsQuerySchema },
  responses: { 200: json(generationMetricsPageSchema, 'A page'), 400: REFUSALS[400] },
});

/** Every generation's measured facts. */
export const measuredGenerations = router().openapi(list, async (c) => {
  const { generations, ...next } = await listGenerationMetrics(c.req.valid('query'));
  const page = { generations: generations.map(viewOf), ...next };
  return c.json(generationMetricsPageSchema.parse(page), 200);
});

function viewOf({ requestedAt, endedAt, qualityThousandths, ...facts }: Measured) {
  return {
    ...facts,
    reported: 'reported' in facts,
    ...{ requestedAt: requestedAt.toISOString(), ...(endedAt && { endedAt: endedAt.toISOString() }) },
    costUsd: facts.costUsdMicros / 1e6,
    wasteUsd: facts.wasteUsdMicros / 1e6,
    possibleWasteUsd: facts.possibleWasteUsdMicros / 1e6,
    ...(qualityThousandths !== undefined && { quality: qualityThousandths / 1_000 }),
  };
}

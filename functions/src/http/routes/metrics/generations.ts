import { createRoute } from '@hono/zod-openapi';
import type { ReportedMetrics } from '../../../core/ingest/metrics.ts';
import { changeGeneration, reportGenerations, scoreQuality } from '../../../features/ingest/index.ts';
import { BODY_REFUSALS, CONFLICT, json, REFUSALS } from '../../answers.ts';
import { router } from '../../router.ts';
import {
  changeSchema,
  qualitySchema,
  reportedMetricsSchema,
  reportSchema,
  scoredSchema,
  takenInSchema,
} from '../../schemas/ingest.ts';
import { generationIdSchema } from '../../schemas.ts';
import { takenIn, takenInAlone } from './takenIn.ts';

const report = createRoute({
  method: 'post',
  path: '/metrics/generations',
  summary: 'Report a generation that another system made, or up to 500 of them; the same again changes nothing',
  request: { body: { required: true, content: { 'application/json': { schema: reportSchema } } } },
  responses: {
    200: json(takenInSchema, 'What became of each; of a batch, some may be refused'),
    400: REFUSALS[400],
    ...BODY_REFUSALS,
    ...CONFLICT,
  },
});

const change = createRoute({
  method: 'patch',
  path: '/metrics/generations/{id}',
  summary: 'Tell later what is known of a reported generation: its end, a correction, its rating or quality',
  request: {
    params: generationIdSchema,
    body: { required: true, content: { 'application/json': { schema: changeSchema } } },
  },
  responses: { 200: json(reportedMetricsSchema, 'As it is known now'), ...REFUSALS, ...BODY_REFUSALS, ...CONFLICT },
});

const score = createRoute({
  method: 'put',
  path: '/metrics/generations/{id}/quality',
  summary: 'Set the quality of the videos of any generation, 0 to 1, as a scorer gives it',
  request: {
    params: generationIdSchema,
    body: { required: true, content: { 'application/json': { schema: qualitySchema } } },
  },
  responses: { 200: json(scoredSchema, 'Scored'), ...REFUSALS, ...BODY_REFUSALS, ...CONFLICT },
});

export const reportedGenerations = router()
  .openapi(report, async (c) => {
    const body = c.req.valid('json');
    if (!('generations' in body)) return c.json(takenInAlone(body, await reportGenerations([body])), 200);
    return c.json(takenIn(body.generations, await reportGenerations(body.generations)), 200);
  })
  .openapi(change, async (c) => {
    const metrics = await changeGeneration(c.req.valid('param').id, c.req.valid('json'));
    return c.json(reportedMetricsSchema.parse(viewOf(metrics)), 200);
  })
  .openapi(score, async (c) => {
    const { scorer, quality } = c.req.valid('json');
    return c.json(await scoreQuality(c.req.valid('param').id, scorer, quality), 200);
  });

function viewOf({ requestedAt, endedAt, costUsdMicros, qualityThousandths, ...facts }: ReportedMetrics) {
  const isCostKnown = facts.costSource !== undefined && facts.costSource !== 'missing';
  return {
    ...facts,
    requestedAt: requestedAt.toISOString(),
    ...(endedAt && { endedAt: endedAt.toISOString() }),
    ...(isCostKnown && { costUsd: costUsdMicros / 1e6 }),
    ...(qualityThousandths !== undefined && { quality: qualityThousandths / 1_000 }),
  };
}

import { createRoute, z } from '@hono/zod-openapi';
import { viewOf } from '../../../core/generation/view.ts';
import { listGenerations, loadOwn, metricsOf, outputLinks } from '../../../features/generation/index.ts';
import { now } from '../../../platform/clock.ts';
import { json, REFUSALS } from '../../answers.ts';
import { router } from '../../router.ts';
import { pageQuery } from '../../schemas/page.ts';
import { generationIdSchema, generationMetricsSchema, generationPageSchema, generationSchema } from '../../schemas.ts';

const getOne = createRoute({
  method: 'get',
  path: '/generations/{id}',
  summary: 'One generation of your own, with links to its videos',
  request: { params: generationIdSchema },
  responses: { 200: json(generationSchema, 'The generation'), ...REFUSALS },
});

const getMetrics = createRoute({
  method: 'get',
  path: '/generations/{id}/metrics',
  summary: 'What was measured of one generation of your own',
  request: { params: generationIdSchema },
  responses: { 200: json(generationMetricsSchema, 'Measured so far'), ...REFUSALS },
});

const getPage = createRoute({
  method: 'get',
  path: '/generations',
  summary: 'Your own generations, newest first',
  request: { query: z.strictObject(pageQuery) },
  responses: { 200: json(generationPageSchema, 'A page'), 400: REFUSALS[400] },
});

export const read = router()
  .openapi(getPage, async (c) => {
    const { limit, cursor } = c.req.valid('query');
    const { generations, nextCursor } = await listGenerations(c.var.actor, limit, cursor);
    const views = generations.map((generation) => viewOf(generation, now()));
    return c.json({ generations: views, ...(nextCursor !== undefined && { nextCursor }) }, 200);
  })
  .openapi(getOne, async (c) => {
    const generation = await loadOwn(c.var.actor, c.req.valid('param').id);
    const [view, links] = [viewOf(generation, now()), await outputLinks(generation)];
    return c.json({ ...view, outputs: view.outputs.map((output, index) => ({ ...output, ...links[index] })) }, 200);
  })
  .openapi(getMetrics, async (c) => {
    const { requestedAt, endedAt, costUsdMicros, ...facts } = await metricsOf(c.var.actor, c.req.valid('param').id);
    const measured = {
      ...facts,
      requestedAt: requestedAt.toISOString(),
      ...(endedAt && { endedAt: endedAt.toISOString() }),
      costUsd: costUsdMicros / 1e6,
    };
    return c.json(generationMetricsSchema.parse(measured), 200);
  });

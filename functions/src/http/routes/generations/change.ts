import { createRoute, z } from '@hono/zod-openapi';
import { isTerminal } from '../../../core/generation/state.ts';
import { viewOf } from '../../../core/generation/view.ts';
import { cancelGeneration, deleteGeneration, rateGeneration } from '../../../features/generation/index.ts';
import { now } from '../../../platform/clock.ts';
import { BODY_REFUSALS, CONFLICT, json, REFUSALS } from '../../answers.ts';
import { router } from '../../router.ts';
import { generationIdSchema, generationSchema } from '../../schemas.ts';

const cancel = createRoute({
  method: 'post',
  path: '/generations/{id}/cancel',
  summary: 'Stop a generation of your own',
  request: { params: generationIdSchema },
  responses: {
    200: json(generationSchema, 'Cancelled'),
    202: json(generationSchema, 'Noted: the provider cannot stop this job, it runs on; no further attempt is made'),
    ...REFUSALS,
    ...CONFLICT,
  },
});

const remove = createRoute({
  method: 'delete',
  path: '/generations/{id}',
  summary: 'Delete the videos and the words of a generation of your own; what was measured stays',
  request: { params: generationIdSchema },
  responses: { 200: json(generationSchema, 'Deleted, now or before'), ...REFUSALS, ...CONFLICT },
});

const rate = createRoute({
  method: 'put',
  path: '/generations/{id}/rating',
  summary: 'Rate a generation of your own, 1 to 5 stars',
  request: {
    params: generationIdSchema,
    body: {
      required: true,
      content: { 'application/json': { schema: z.strictObject({ stars: z.int().min(1).max(5) }) } },
    },
  },
  responses: { 200: json(generationSchema, 'Rated'), ...REFUSALS, ...BODY_REFUSALS, ...CONFLICT },
});

export const change = router()
  .openapi(cancel, async (c) => {
    const generation = await cancelGeneration(c.var.actor, c.req.valid('param').id);
    const view = viewOf(generation, now());
    return isTerminal(generation.state) ? c.json(view, 200) : c.json(view, 202);
  })
  .openapi(remove, async (c) => {
    const generation = await deleteGeneration(c.var.actor, c.var.address, c.req.valid('param').id);
    return c.json(viewOf(generation, now()), 200);
  })
  .openapi(rate, async (c) => {
    const generation = await rateGeneration(c.var.actor, c.req.valid('param').id, c.req.valid('json').stars);
    return c.json(viewOf(generation, now()), 200);
  });

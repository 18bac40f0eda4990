import { createRoute } from '@hono/zod-openapi';
import { generationRequestSchema } from '../../../core/generation/request.ts';
import { viewOf } from '../../../core/generation/view.ts';
import { requestGeneration } from '../../../features/generation/index.ts';
import { now } from '../../../platform/clock.ts';
import { BODY_REFUSALS, json, KEY_REUSED, NOT_ENOUGH_CREDITS, REFUSALS } from '../../answers.ts';
import { router } from '../../router.ts';
import { idempotencyHeaders } from '../../schemas/header.ts';
import { generationSchema } from '../../schemas.ts';

const route = createRoute({
  method: 'post',
  path: '/generations',
  summary: 'Ask for a video',
  request: {
    headers: idempotencyHeaders('the same request sent again with the same key finds the first one'),
    body: { required: true, content: { 'application/json': { schema: generationRequestSchema } } },
  },
  responses: {
    202: json(generationSchema, 'Taken in; see Location'),
    ...{ 400: REFUSALS[400], ...NOT_ENOUGH_CREDITS, ...BODY_REFUSALS, ...KEY_REUSED },
  },
});

export const create = router().openapi(route, async (c) => {
  const key = c.req.valid('header')['idempotency-key'];
  const { generation, replayed } = await requestGeneration(c.var.actor, c.req.valid('json'), key);
  c.header('Location', `/api/v1/generations/${generation.id}`);
  if (replayed) c.header('Idempotency-Replayed', 'true');
  return c.json(viewOf(generation, now()), 202);
});

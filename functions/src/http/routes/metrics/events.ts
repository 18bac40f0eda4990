import { createRoute } from '@hono/zod-openapi';
import { recordEvents } from '../../../features/ingest/index.ts';
import { BODY_REFUSALS, CONFLICT, json, REFUSALS } from '../../answers.ts';
import { router } from '../../router.ts';
import { eventsSchema, takenInSchema } from '../../schemas/ingest.ts';
import { takenIn, takenInAlone } from './takenIn.ts';

const record = createRoute({
  method: 'post',
  path: '/events',
  summary: 'Tell an event of the product, or up to 500: users of themselves, services with a source of anybody',
  request: { body: { required: true, content: { 'application/json': { schema: eventsSchema } } } },
  responses: {
    200: json(takenInSchema, 'What became of each; of a batch, some may be refused'),
    400: REFUSALS[400],
    ...BODY_REFUSALS,
    ...CONFLICT,
  },
});

export const events = router().openapi(record, async (c) => {
  const body = c.req.valid('json');
  if (!('events' in body)) return c.json(takenInAlone(body, await recordEvents(c.var.actor, [body])), 200);
  return c.json(takenIn(body.events, await recordEvents(c.var.actor, body.events)), 200);
});

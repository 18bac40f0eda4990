import { createRoute } from '@hono/zod-openapi';
import { channels } from '../../../channels/index.ts';
import { testChannel } from '../../../features/alerts/index.ts';
import { json, REFUSALS } from '../../answers.ts';
import { router } from '../../router.ts';
import { channelIdSchema, channelsSchema, deliveredSchema } from '../../schemas/alertRules.ts';
import { byOf } from '../by.ts';

const list = createRoute({
  method: 'get',
  path: '/channels',
  summary: 'The channels that alerts can be told through, without their secrets',
  responses: { 200: json(channelsSchema, 'The channels') },
});

const test = createRoute({
  method: 'post',
  path: '/channels/{id}/test',
  summary: 'Send a test through a channel now',
  request: { params: channelIdSchema },
  responses: { 200: json(deliveredSchema, 'What came of it'), ...REFUSALS },
});

/** Where alerts can be told. */
export const alertChannels = router()
  .openapi(list, (c) => {
    const all = channels().map(({ id, kind, severities }) => ({ id, kind, severities: [...severities] }));
    return c.json({ channels: all }, 200);
  })
  .openapi(test, async (c) => {
    const delivery = await testChannel(byOf(c), c.req.valid('param').id);
    return c.json(deliveredSchema.parse(delivery), 200);
  });

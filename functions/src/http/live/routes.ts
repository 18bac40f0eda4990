import { createRoute } from '@hono/zod-openapi';
import type { LiveFilter } from '../../core/live/filter.ts';
import { REFUSALS } from '../answers.ts';
import { router } from '../router.ts';
import { liveHeadersSchema, liveQuerySchema } from '../schemas/live.ts';
import type { LiveLimits } from './limits.ts';
import { liveBody } from './liveBody.ts';

const live = createRoute({
  method: 'get',
  path: '/live',
  summary: 'New events of the log as they come, as server-sent events',
  request: { query: liveQuerySchema, headers: liveHeadersSchema },
  responses: { 200: { description: 'A stream that ends within an hour' }, 400: REFUSALS[400] },
});

/** The live stream. */
export const liveRoutes = (limits: LiveLimits) =>
  router().openapi(live, async (c) => {
    const { types, provider, model } = c.req.valid('query');
    const filter: LiveFilter = {
      ...(types && { types: new Set(types) }),
      ...(provider !== undefined && { provider }),
      ...(model !== undefined && { model }),
    };
    const after = c.req.valid('header')['last-event-id'];
    const header = (name: string) => c.req.header(name);
    const body = await liveBody({ header, filter, limits, ...(after && { after }) });
    return c.body(body, 200, {
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'private, no-store',
      // Some proxies keep an answer until it is whole unless told not to.
      'X-Accel-Buffering': 'no',
    });
  });

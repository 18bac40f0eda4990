import { createRoute } from '@hono/zod-openapi';
import type { z } from 'zod';
import type { Episode } from '../../../core/alert/episode.ts';
import { episodeView } from '../../../core/alert/episodeView.ts';
import { actOn, certainUntil, untilOf } from '../../../features/alerts/index.ts';
import { BODY_REFUSALS, CONFLICT, json, REFUSALS } from '../../answers.ts';
import { plain } from '../../plain.ts';
import { router } from '../../router.ts';
import {
  acknowledgeSchema,
  episodeIdSchema,
  episodeSchema,
  noteSchema,
  nothingSchema,
  resolveSchema,
  snoozeSchema,
} from '../../schemas/alerts.ts';
import { byOf } from '../by.ts';

/** An action's route; its body may be left out where nothing has to be said. */
function action<P extends string, S extends z.ZodType>(path: P, summary: string, schema: S) {
  const required = !schema.safeParse({}).success;
  return createRoute({
    method: 'post',
    path: `/alerts/{id}/${path}`,
    summary,
    request: { params: episodeIdSchema, body: { required, content: { 'application/json': { schema } } } },
    responses: { 200: json(episodeSchema, 'As it is now'), ...REFUSALS, ...BODY_REFUSALS, ...CONFLICT },
  });
}

const acknowledge = action('acknowledge', 'Take an alert on; what would escalate waits', acknowledgeSchema);
const unacknowledge = action('unacknowledge', 'Give it back; it tells again', nothingSchema);
const resolve = action('resolve', 'End it by hand, with root cause and resolution', resolveSchema);
const snooze = action('snooze', 'Tell nobody until a moment', snoozeSchema);
const unsnooze = action('unsnooze', 'End the snooze', nothingSchema);
const addNote = action('notes', 'Write something into its timeline', noteSchema);

const view = (episode: Episode) => episodeSchema.parse(plain(episodeView(episode)));

/** What people do about episodes. */
export const actions = router()
  .openapi(acknowledge, async (c) => {
    const { note, ...span } = c.req.valid('json');
    const until = untilOf(span);
    const by = byOf(c);
    const wish = { kind: 'acknowledge', by: by.actor, ...(until && { until }), ...(note && { note }) } as const;
    return c.json(view(await actOn(by, c.req.valid('param').id, wish)), 200);
  })
  .openapi(unacknowledge, async (c) => {
    const by = byOf(c);
    return c.json(view(await actOn(by, c.req.valid('param').id, { kind: 'unacknowledge', by: by.actor })), 200);
  })
  .openapi(resolve, async (c) => {
    const by = byOf(c);
    const wish = { kind: 'resolve', by: by.actor, ...c.req.valid('json') } as const;
    return c.json(view(await actOn(by, c.req.valid('param').id, wish)), 200);
  })
  .openapi(snooze, async (c) => {
    const { note, ...span } = c.req.valid('json');
    const by = byOf(c);
    const wish = { kind: 'snooze', by: by.actor, until: certainUntil(span), ...(note && { note }) } as const;
    return c.json(view(await actOn(by, c.req.valid('param').id, wish)), 200);
  })
  .openapi(unsnooze, async (c) => {
    const by = byOf(c);
    return c.json(view(await actOn(by, c.req.valid('param').id, { kind: 'unsnooze', by: by.actor })), 200);
  })
  .openapi(addNote, async (c) => {
    const by = byOf(c);
    const wish = { kind: 'note', by: by.actor, note: c.req.valid('json').text } as const;
    return c.json(view(await actOn(by, c.req.valid('param').id, wish)), 200);
  });

import { z } from '@hono/zod-openapi';
import { EVENT_TYPES, type EventType } from '../../core/events/schema.ts';
import { positionOf } from '../../core/live/position.ts';

const name = z.string().min(1).max(100);
const type = z.enum(EVENT_TYPES as [EventType, ...EventType[]]);

const types = z
  .string()
  .min(1)
  .max(1_000)
  .transform((text) => text.split(','))
  .pipe(z.array(type));

/** What of the log somebody wants to see. */
export const liveQuerySchema = z.strictObject({
  types: types.optional().openapi({ type: 'string', description: 'types of events, separated by commas' }),
  provider: name.optional(),
  model: name.optional(),
});

export const liveHeadersSchema = z.object({
  'last-event-id': z
    .string()
    .max(50)
    .transform(positionOf)
    .optional()
    .openapi({ type: 'string', description: 'the last `id` of an earlier stream: what came since is sent first' }),
});

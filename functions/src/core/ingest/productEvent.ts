import { z } from 'zod';
import type { Actor } from '../actor.ts';
import { AppError } from '../errors.ts';
import { type EventDraft, eventShard, reportedEventId, userKeyOf } from '../events/draft.ts';
import { EVENT_BODIES, EVENT_TYPES, type EventType } from '../events/schema.ts';
import { OWN_SOURCE } from '../generation/measure.ts';
import type { Generation } from '../generation/state.ts';
import { canonicalJson } from '../hash.ts';
import { boundedCellKey, type KnownModels } from './cell.ts';
import { line, parsedRow, refusalFor, sourceSchema, timeProblem, timeSchema } from './fields.ts';

/** What users may tell about themselves. */
const OF_USERS: readonly EventType[] = ['session.started', 'feature.used', 'page.viewed'];
/** And about generations of their own. */
const OF_OWNERS: readonly EventType[] = ['generation.opened', 'generation.downloaded'];
/** Told by `/metrics/generations`, which knows what counts once. */
const ELSEWHERE: readonly EventType[] = EVENT_TYPES.filter(
  (type) => type.startsWith('generation.') && !OF_OWNERS.includes(type),
);
const TYPES = EVENT_TYPES.filter((type) => !ELSEWHERE.includes(type)) as [EventType, ...EventType[]];

/** One event as it is sent: by a user about themself, or with a `source` by a service about anybody. */
export const productEventSchema = z.strictObject({
  id: line(200).describe('The sender’s own; the same id of the same sender is the same event.'),
  source: sourceSchema
    .refine((source) => source !== OWN_SOURCE, `${OWN_SOURCE} is this system itself`)
    .optional()
    .describe('Needs the role ingest or admin.'),
  type: z.enum(TYPES),
  occurredAt: timeSchema,
  userId: line(128).optional().describe('Only with `source`; kept as a hash only.'),
  body: z
    .record(z.string(), z.unknown())
    .describe('What the type says beyond that; of users about a generation only its `generationId`.'),
});
export type ProductEvent = z.infer<typeof productEventSchema>;

const ownSubject = z.strictObject({ generationId: z.string().regex(/^[A-Za-z0-9]{1,64}$/) });

/** The generation that a user's event is about, as they name it; undefined for other events. Throws AppError `invalid_request`. */
export function ownGenerationId({ type, source, body }: ProductEvent): string | undefined {
  if (source !== undefined || !OF_OWNERS.includes(type)) return undefined;
  return parsedRow(ownSubject, body, 'body').generationId;
}

/** What an event is completed with. */
export interface EventContext {
  actor: Actor;
  now: Date;
  known: KnownModels;
  /** The generations named by `ownGenerationId` that there are, by id. */
  generations: ReadonlyMap<string, Generation>;
}

/**
 * The event that goes into the log. Throws AppError `forbidden`, `not_found` for a generation that is not the user's own, or
 * `invalid_request` for what does not fit its type.
 */
export function draftOfProductEvent(event: ProductEvent, { actor, now, known, generations }: EventContext): EventDraft {
  const { type, source } = event;
  assertMayTell(event, actor);
  const occurredAt = new Date(event.occurredAt);
  const problem = timeProblem('occurredAt', occurredAt, now);
  if (problem) throw refusalFor([problem]);
  // No source has a slash in its name.
  const id = reportedEventId(source ?? `user/${actor.uid}`, `event:${event.id}`);
  const userId = source === undefined ? actor.uid : event.userId;
  const ownId = ownGenerationId(event);
  const told = ownId === undefined ? event.body : subjectOf(ownOf(generations.get(ownId), actor));
  const body = parsedRow<EventDraft['body']>(EVENT_BODIES[type], told, 'body');
  if (Object.values(body).some((value) => typeof value === 'string' && !value.isWellFormed())) {
    throw refusalFor([{ path: 'body', message: 'must be well-formed Unicode' }]);
  }
  return {
    ...{ id, type, occurredAt, shard: eventShard(id), userKey: userId === undefined ? '' : userKeyOf(userId), body },
    ...('provider' in body && { cellKey: boundedCellKey(body, known) }),
  };
}

/** Somebody else's generation is answered like one that does not exist. */
function ownOf(generation: Generation | undefined, { uid }: Actor): Generation {
  if (generation?.uid === uid) return generation;
  throw new AppError('not_found', 'There is no such generation.');
}

function subjectOf({ id: generationId, asked: { provider, model, kind, style } }: Generation) {
  return { generationId, provider, model, kind, ...(style && { style }) };
}

function assertMayTell({ type, source, userId }: ProductEvent, { role }: Actor): void {
  if (source !== undefined) {
    if (role === 'ingest' || role === 'admin') return;
    throw new AppError('forbidden', 'To report with a source needs the role ingest or admin.');
  }
  if (userId !== undefined) throw refusalFor([{ path: 'userId', message: 'only with source' }]);
  const mayTell = [...OF_USERS, ...OF_OWNERS];
  if (mayTell.includes(type)) return;
  throw new AppError('forbidden', `Users may tell ${mayTell.join(', ')}; ${type} needs a source.`);
}

/** What makes two events with one id the same event. */
export function fingerprintOfEvent({ type, occurredAt, userKey, body }: Omit<EventDraft, 'id' | 'shard'>): string {
  return canonicalJson({ type, occurredAt: occurredAt.toISOString(), userKey, body });
}

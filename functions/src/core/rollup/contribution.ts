import type { EventDraft } from '../events/draft.ts';
import type { CORRECTED, EventBody, EventType } from '../events/schema.ts';
import { countedAt } from '../events/time.ts';
import type { Outcome } from '../generation/outcome.ts';
import { userOf } from './distinct.ts';

/** What is read of an event. */
export type RollupEvent = Pick<EventDraft, 'type' | 'occurredAt' | 'cellKey' | 'userKey' | 'body'>;

/** What a generation came to: the body of its terminal event. */
export type EndMeasures = EventBody<'generation.succeeded'> &
  Partial<Pick<EventBody<'generation.failed'>, 'errorCode' | 'fault'>>;

/** A measure that was told wrongly, or not at all (null). */
export interface Change {
  measure: (typeof CORRECTED)[number];
  from: number | null;
  to: number;
}

/** What one event adds to the bucket of one moment. */
export interface Contribution {
  atMs: number;
  cellKey: string;
  style: string | undefined;
  fact:
    | { kind: 'arrival'; user: number | undefined }
    | { kind: 'end'; outcome: Outcome; measures: EndMeasures }
    | { kind: 'rating'; from: number | null; to: number; videoSec: number }
    | { kind: 'score'; from: number | null; to: number }
    | { kind: 'correction'; changes: readonly Change[]; stars: number | undefined };
}

/** The cell of an event that was recorded without one. */
const OTHER = 'other/other/other';

/**
 * What an event adds to the rollups, and when: an arrival when the generation was asked for, its end when it ended, and what
 * is told of it afterwards at that same end. A reported end that names `requestedAt` tells the arrival as well. Events of other
 * types add nothing.
 */
export function contributionsOf(event: RollupEvent): Contribution[] {
  const atMs = countedAt(event)?.getTime();
  const fact = factOf(event);
  if (atMs === undefined || !fact) return [];
  const { cellKey = OTHER, body } = event;
  const style = 'style' in body ? body.style : undefined;
  const told: Contribution = { atMs, cellKey, style, fact };
  if (fact.kind !== 'end' || !fact.measures.requestedAt) return [told];
  return [{ atMs: fact.measures.requestedAt.getTime(), cellKey, style, fact: arrivalOf(event) }, told];
}

const arrivalOf = ({ userKey }: RollupEvent) => ({ kind: 'arrival', user: userOf(userKey) }) as const;

/** The schema of its type has checked the body of every event; that is what the assertion relies on. */
const bodyOf = <T extends EventType>(event: RollupEvent, _type: T) => event.body as EventBody<T>;

function factOf(event: RollupEvent): Contribution['fact'] | undefined {
  const { type } = event;
  switch (type) {
    case 'generation.requested':
      return arrivalOf(event);
    case 'generation.succeeded':
      return { kind: 'end', outcome: 'succeeded', measures: bodyOf(event, type) };
    case 'generation.failed':
      return { kind: 'end', outcome: 'failed', measures: bodyOf(event, type) };
    case 'generation.blocked':
      return { kind: 'end', outcome: 'blocked', measures: bodyOf(event, type) };
    case 'generation.expired':
      return { kind: 'end', outcome: 'expired', measures: bodyOf(event, type) };
    case 'generation.cancelled':
      return { kind: 'end', outcome: 'cancelled', measures: bodyOf(event, type) };
    case 'generation.rated': {
      const { from, to, videoSec } = bodyOf(event, type);
      return { kind: 'rating', from, to, videoSec };
    }
    case 'generation.scored': {
      const { from, to } = bodyOf(event, type);
      return { kind: 'score', from, to };
    }
    case 'generation.corrected': {
      const { changes, ratingStars } = bodyOf(event, type);
      return { kind: 'correction', changes, stars: ratingStars };
    }
    default:
      return undefined;
  }
}

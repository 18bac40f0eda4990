import type { EventDraft } from '../core/events/draft.ts';
import { ALL_SHARDS } from '../core/shard.ts';
import { firestore, plainDocument, Timestamp } from './firestore.ts';

/** An event with the server's time of its record. */
export interface HeardEvent extends EventDraft {
  recordedAt: Date;
  recordedAtMicros: number;
}

/**
 * Tells every event recorded after a moment: first, in one call, those that are there already, perhaps none; then the others
 * as they become visible, oldest first in each call. Each is billed one read. The client library mends a broken
 * connection by itself; `failed` hears of what it cannot mend, and then nothing more comes. Answers how to end it.
 */
export function listenToLog(
  after: Date,
  heard: (events: HeardEvent[]) => void,
  failed: (error: Error) => void,
): () => void {
  const log = firestore().collection('analytics_events').where('shard', 'in', ALL_SHARDS);
  return log
    .where('recordedAt', '>', after)
    .orderBy('recordedAt')
    .onSnapshot((snapshot) => {
      const added = snapshot.docChanges().filter(({ type }) => type === 'added');
      heard(added.map(({ doc }) => heardEvent(doc.id, doc.data())));
    }, failed);
}

function heardEvent(id: string, fields: FirebaseFirestore.DocumentData): HeardEvent {
  const recordedAt: unknown = fields.recordedAt;
  if (!(recordedAt instanceof Timestamp)) throw new Error(`event ${id} has no time of record`);
  return { ...plainDocument<EventDraft & { recordedAt: Date }>(id, fields), recordedAtMicros: microsOf(recordedAt) };
}

/** Microseconds since the epoch. */
export function microsOf({ seconds, nanoseconds }: Pick<Timestamp, 'seconds' | 'nanoseconds'>): number {
  return seconds * 1_000_000 + Math.floor(nanoseconds / 1_000);
}

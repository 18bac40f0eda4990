import type { EventDraft } from '../core/events/draft.ts';
import type { EventType } from '../core/events/schema.ts';
import { ALL_SHARDS } from '../core/shard.ts';
import { type DocumentData, FieldPath, firestore, plainDocument, type Query, Timestamp } from './firestore.ts';

/** A place in the log: the server's time of the commit, to the microsecond, then the id. */
export interface LogPosition {
  recordedAt: Timestamp;
  id: string;
}

/** An event as the log holds it. */
export interface LoggedEvent extends EventDraft {
  position: LogPosition;
}

const PAGE = 500;

/** All shards as one: the shard in front of the index only spreads the writes. */
const log = () => firestore().collection('analytics_events').where('shard', 'in', ALL_SHARDS);

/** The events recorded after a position and up to a moment, oldest first; at most `limit`. */
export async function eventsAfter(
  after: LogPosition | undefined,
  through: Date,
  limit: number,
): Promise<LoggedEvent[]> {
  const upTo = inOrder(log().where('recordedAt', '<=', through)).limit(limit);
  return logged(after ? upTo.startAfter(after.recordedAt, after.id) : upTo);
}

/** The events after one position and up to and with another, oldest first; at most `limit`. */
export async function eventsBetween(
  after: LogPosition | undefined,
  upTo: LogPosition,
  limit: number,
): Promise<LoggedEvent[]> {
  return logged(between(after, upTo).limit(limit));
}

/** How many events there are after one position and up to and with another; billed a read for 1,000. */
export async function countBetween(after: LogPosition | undefined, upTo: LogPosition): Promise<number> {
  return (await between(after, upTo).count().get()).data().count;
}

function between(after: LogPosition | undefined, upTo: LogPosition): Query<DocumentData> {
  const bounded = inOrder(log()).endAt(upTo.recordedAt, upTo.id);
  return after ? bounded.startAfter(after.recordedAt, after.id) : bounded;
}

/** The events of these ids that the log has, in the order of the ids. A read for each. */
export async function eventsOfIds(ids: readonly string[]): Promise<LoggedEvent[]> {
  if (ids.length === 0) return [];
  const events = firestore().collection('analytics_events');
  const found = await firestore().getAll(...ids.map((id) => events.doc(id)));
  return found.flatMap((doc) => (doc.exists ? [loggedEvent(doc.id, doc.data() ?? {})] : []));
}

/** The events that count on a UTC day, up to and with a position, oldest first; at most `limit` after another. */
export async function eventsOfDay(
  day: string,
  upTo: LogPosition,
  after: LogPosition | undefined,
  limit: number,
): Promise<LoggedEvent[]> {
  const ofDay = inOrder(log().where('days', 'array-contains', day)).limit(limit);
  const bounded = ofDay.endAt(upTo.recordedAt, upTo.id);
  return logged(after ? bounded.startAfter(after.recordedAt, after.id) : bounded);
}

/** From one moment up to, and not with, another. */
interface Recorded {
  from: Date;
  to: Date;
}

/** The events recorded in a stretch of time, oldest first; at most `limit` after a position. */
export async function eventsRecorded(
  { from, to }: Recorded,
  after: LogPosition | undefined,
  limit: number,
): Promise<LoggedEvent[]> {
  const range = inOrder(log().where('recordedAt', '>=', from).where('recordedAt', '<', to)).limit(limit);
  return logged(after ? range.startAfter(after.recordedAt, after.id) : range);
}

/** How many those are; `atMost` is as good as any number above. Billed a read for 1,000. */
export async function countOfRecorded({ from, to }: Recorded, atMost: number): Promise<number> {
  const range = log().where('recordedAt', '>=', from).where('recordedAt', '<', to).limit(atMost);
  return (await range.count().get()).data().count;
}

/** How many events were recorded after one moment and up to another; billed a read for 1,000. */
export async function countRecorded(after: Date, through: Date): Promise<number> {
  const range = log().where('recordedAt', '>', after).where('recordedAt', '<=', through);
  return (await range.count().get()).data().count;
}

/** The UTC days on which the events count that were recorded after one moment and up to another; read in pages. */
export async function daysRecorded(after: Date, through: Date): Promise<string[]> {
  const range = log().where('recordedAt', '>', after).where('recordedAt', '<=', through);
  const days = new Set<string>();
  const pages = inOrder(range).select('days', 'recordedAt').limit(PAGE);
  for (let page = await pages.get(); ; ) {
    for (const doc of page.docs) for (const day of doc.get('days') ?? []) days.add(day);
    if (page.size < PAGE) return [...days].sort();
    page = await pages.startAfter(page.docs.at(-1)).get();
  }
}

const inOrder = (query: Query<DocumentData>) => query.orderBy('recordedAt').orderBy(FieldPath.documentId());

async function logged(query: Query<DocumentData>): Promise<LoggedEvent[]> {
  const { docs } = await query.get();
  return docs.map((doc) => loggedEvent(doc.id, doc.data()));
}

function loggedEvent(id: string, fields: DocumentData): LoggedEvent {
  const { recordedAt } = fields;
  if (!(recordedAt instanceof Timestamp)) throw new Error(`event ${id} has no time of record`);
  return { ...plainDocument<EventDraft>(id, fields), position: { recordedAt, id } };
}

/**
 * The events of some types that happened in a period, in no order; undefined when there are more than `limit`. Their measures
 * are in the body as the type says.
 */
export async function eventsOfTypes(
  types: readonly EventType[],
  { from, to }: { from: Date; to: Date },
  limit: number,
): Promise<EventDraft[] | undefined> {
  const found: EventDraft[] = [];
  for (const type of types) {
    const happened = log().where('type', '==', type).where('occurredAt', '>=', from).where('occurredAt', '<', to);
    const { docs } = await happened
      .orderBy('occurredAt')
      .limit(limit + 1 - found.length)
      .get();
    found.push(...docs.map((doc) => plainDocument<EventDraft>(doc.id, doc.data())));
    if (found.length > limit) return undefined;
  }
  return found;
}

import type { ApiKey } from '../core/access/key.ts';
import type { Account } from '../core/account/account.ts';
import type { LedgerEntry } from '../core/credit/ledger.ts';
import type { EventDraft } from '../core/events/draft.ts';
import type { GenerationMetrics } from '../core/generation/measure.ts';
import type { Generation } from '../core/generation/state.ts';
import type { ReportedMetrics } from '../core/ingest/metrics.ts';
import { daysOf } from '../core/rollup/days.ts';
import { shardOf } from '../core/shard.ts';
import {
  AggregateField,
  type DocumentData,
  type DocumentReference,
  type DocumentSnapshot,
  FieldPath,
  FieldValue,
  firestore,
  type PartialWithFieldValue,
  plainConverter,
  plainDocument,
  type SetOptions,
  type WithFieldValue,
} from './firestore.ts';

/** `generations`: the state of each generation. */
export const generations = () => firestore().collection('generations').withConverter(plainConverter<Generation>());

/** `video_generation_metrics`: the measured facts of each generation, under the generation's id. */
export const generationMetrics = () =>
  firestore()
    .collection('video_generation_metrics')
    .withConverter(plainConverter<GenerationMetrics & { id: string; shard: number }>());

/** The same collection: the facts of generations that other systems made and reported. */
export const reportedMetrics = () =>
  firestore().collection('video_generation_metrics').withConverter(plainConverter<ReportedMetrics>());

/** `users`: what each user may do, has, and has used of their limits. */
export const users = () => firestore().collection('users').withConverter(plainConverter<Account>());

/** `projection_state`: small documents in which scheduled work keeps where it is. */
export const projectionState = (name: string) => firestore().collection('projection_state').doc(name);

/** `users/{uid}/usage`: what a user asked for on each UTC day, under the day. */
export const usage = (uid: string) => users().doc(uid).collection('usage');

/** What all users together asked for on a UTC day, in millionths of a US dollar; a read for every 1,000 users. */
export async function costOfDayUsdMicros(day: string): Promise<number> {
  const ofDay = firestore().collectionGroup('usage').where('day', '==', day);
  const sums = await ofDay.aggregate({ costUsdMicros: AggregateField.sum('costUsdMicros') }).get();
  return sums.data().costUsdMicros;
}

/** `credit_ledger`: every movement of credits; documents are only ever created. */
export const creditLedger = () =>
  firestore().collection('credit_ledger').withConverter(plainConverter<LedgerEntry & { shard: number }>());

/** `api_keys`: keys of services, under the id that is part of their text. */
export const apiKeys = () => firestore().collection('api_keys').withConverter(plainConverter<ApiKey>());

/** `settings`: what an administrator may change while the system runs. */
export const settingsDocument = () => firestore().collection('settings').doc('current');

/** A transaction or a batch: writes that happen together or not at all. */
export interface Writes {
  create<T, D extends DocumentData>(ref: DocumentReference<T, D>, fields: WithFieldValue<T>): unknown;
  set<T, D extends DocumentData>(ref: DocumentReference<T, D>, fields: WithFieldValue<T>): unknown;
  set<T, D extends DocumentData>(
    ref: DocumentReference<T, D>,
    fields: PartialWithFieldValue<T>,
    options: SetOptions,
  ): unknown;
}

/** Adds an event to the log; the same event twice fails all of `writes`. */
export function recordEvent(writes: Writes, { id, ...event }: EventDraft): void {
  const ref = firestore().collection('analytics_events').doc(id);
  writes.create(ref, { ...event, days: daysOf(event), recordedAt: FieldValue.serverTimestamp() });
}

/** An event of the log as it was recorded. */
export interface RecordedEvent extends EventDraft {
  recordedAt: Date;
}

/** `analytics_events`: the log, to look for an event that may be there; `recordEvent` writes it. */
export const recordedEvents = () =>
  firestore().collection('analytics_events').withConverter(plainConverter<RecordedEvent>());

/** The events of one generation, at most `limit`, in the order in which they came about. */
export async function eventsOfGeneration(generationId: string, limit: number): Promise<RecordedEvent[]> {
  const found = await recordedEvents()
    .where(FieldPath.documentId(), '>=', `${generationId}.`)
    .where(FieldPath.documentId(), '<', `${generationId}.:`)
    .limit(limit)
    .get();
  return found.docs.map((doc) => doc.data()).sort((a, b) => seqOf(a) - seqOf(b));
}

const seqOf = ({ id }: { id: string }) => Number(id.split('.')[1]);

/** Adds an entry to the ledger; the same entry twice fails all of `writes`. */
export function recordEntry(writes: Writes, entry: LedgerEntry): void {
  writes.create(creditLedger().doc(entry.id), { ...entry, shard: shardOf(entry.uid) });
}

/** A generation as a trigger's snapshot holds it; undefined where the document did not exist. */
export function generationOf(snapshot: DocumentSnapshot | undefined): Generation | undefined {
  const fields = snapshot?.data();
  return snapshot && fields && plainDocument<Generation>(snapshot.id, fields);
}

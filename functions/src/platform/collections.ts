import type { Account } from '../core/account/account.ts';
import type { EventDraft } from '../core/events/draft.ts';
import type { GenerationMetrics } from '../core/generation/measure.ts';
import type { Generation } from '../core/generation/state.ts';
import {
  type DocumentSnapshot,
  FieldValue,
  firestore,
  plainConverter,
  plainDocument,
  type Transaction,
} from './firestore.ts';

/** `generations`: the state of each generation. */
export const generations = () => firestore().collection('generations').withConverter(plainConverter<Generation>());

/** `video_generation_metrics`: the measured facts of each generation, under the generation's id. */
export const generationMetrics = () =>
  firestore()
    .collection('video_generation_metrics')
    .withConverter(plainConverter<GenerationMetrics & { id: string; shard: number }>());

/** `users`: what each user may do, has, and has used of their limits. */
export const users = () => firestore().collection('users').withConverter(plainConverter<Account>());

/** `projection_state`: small documents in which scheduled work keeps where it is. */
export const projectionState = (name: string) => firestore().collection('projection_state').doc(name);

/** Adds an event to the log inside `transaction`; the same event twice fails the transaction. */
export function recordEvent(transaction: Transaction, { id, ...event }: EventDraft): void {
  const ref = firestore().collection('analytics_events').doc(id);
  transaction.create(ref, { ...event, recordedAt: FieldValue.serverTimestamp() });
}

/** A generation as a trigger's snapshot holds it; undefined where the document did not exist. */
export function generationOf(snapshot: DocumentSnapshot | undefined): Generation | undefined {
  const fields = snapshot?.data();
  return snapshot && fields && plainDocument<Generation>(snapshot.id, fields);
}

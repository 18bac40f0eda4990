import {
  commitUnlessChanged,
  type DocumentSnapshot,
  documentsAt,
  FieldPath,
  firestore,
  plainConverter,
  type Version,
} from './firestore.ts';

/** An event that could not become a row. */
export interface DeadLetter {
  /** The event's. */
  id: string;
  type: string;
  recordedAt: Date;
  /** `schema`: refused here, without asking BigQuery; else BigQuery's own word. */
  reason: string;
  message: string;
  /** The job that it failed in; null where there was none. */
  jobId: string | null;
  at: Date;
  /** How often it was tried again, in vain. */
  retries: number;
  /** The job that tries it again, together with all others that name it; null: none does. */
  retryJobId: string | null;
}

/** A dead letter together with what tells whether it is still the one stored. */
export interface HeldLetter {
  letter: DeadLetter;
  storedAt: Version;
}

/** `warehouse_dead_letters`: events that could not become rows, by their ids; kept until they are in BigQuery. */
export const deadLetters = () =>
  firestore().collection('warehouse_dead_letters').withConverter(plainConverter<DeadLetter>());

/** Which of these events are in dead letters. A read for each. */
export async function deadAmong(ids: readonly string[]): Promise<Set<string>> {
  const found = await documentsAt(ids.map((id) => deadLetters().doc(id)));
  return new Set(found.flatMap((letter) => (letter ? [letter.id] : [])));
}

/** Dead letters by the ids of their events, at most `limit` after one. */
export async function deadLettersAfter(id: string | undefined, limit: number): Promise<HeldLetter[]> {
  const inOrder = deadLetters().orderBy(FieldPath.documentId()).limit(limit);
  return (await (id === undefined ? inOrder : inOrder.startAfter(id)).get()).docs.flatMap(heldLetter);
}

/** The dead letters that a job tries again. */
export async function deadLettersOfJob(retryJobId: string): Promise<HeldLetter[]> {
  return (await deadLetters().where('retryJobId', '==', retryJobId).get()).docs.flatMap(heldLetter);
}

function heldLetter(snapshot: DocumentSnapshot<DeadLetter>): HeldLetter[] {
  const [letter, storedAt] = [snapshot.data(), snapshot.updateTime];
  return letter && storedAt ? [{ letter, storedAt }] : [];
}

/**
 * Changes dead letters, or removes them all (null), if they are still what is stored; else changes nothing and answers undefined.
 * The changes must differ from what they are.
 */
export async function changeLetters(
  held: readonly HeldLetter[],
  changes: Partial<DeadLetter> | null,
): Promise<HeldLetter[] | undefined> {
  if (held.length === 0) return [];
  const written = await commitUnlessChanged((batch) => {
    for (const { letter, storedAt } of held) {
      const ref = firestore().doc(deadLetters().doc(letter.id).path);
      if (changes) batch.update(ref, { ...changes }, { lastUpdateTime: storedAt });
      else batch.delete(ref, { lastUpdateTime: storedAt });
    }
  });
  return written && held.map(({ letter }) => ({ letter: { ...letter, ...changes }, storedAt: written }));
}

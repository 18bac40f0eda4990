import {
  type DocumentData,
  type DocumentReference,
  FieldPath,
  FieldValue,
  type Firestore,
  type FirestoreDataConverter,
  getFirestore,
  type Query,
  Timestamp,
  type WriteBatch,
} from 'firebase-admin/firestore';
import { app, perApp } from './app.ts';

export {
  AggregateField,
  type DocumentData,
  type DocumentReference,
  type DocumentSnapshot,
  FieldPath,
  FieldValue,
  type PartialWithFieldValue,
  type Query,
  type SetOptions,
  Timestamp,
  type Transaction,
  type WithFieldValue,
  type WriteBatch,
} from 'firebase-admin/firestore';

/** The Firestore database of this process. */
export const firestore: () => Firestore = perApp(() => {
  const database = getFirestore(app());
  database.settings({ ignoreUndefinedProperties: true });
  return database;
});

/** Which state of a document was read: its last change, to the microsecond. */
export type Version = Timestamp;

/** gRPC codes of a commit that met a document changed, gone, or there already. */
const CHANGED = new Set([5, 6, 9, 10]);

/**
 * Commits what `write` puts into a batch, all or nothing; undefined when a document is no longer as the writes say it was.
 * The version is that of the first document written.
 */
export async function commitUnlessChanged(write: (batch: WriteBatch) => void): Promise<Version | undefined> {
  const batch = firestore().batch();
  write(batch);
  try {
    return (await batch.commit())[0]?.writeTime;
  } catch (error) {
    if (error instanceof Error && 'code' in error && CHANGED.has(Number(error.code))) return undefined;
    throw error;
  }
}

/** The documents at these places, in order; undefined where there is none. */
export async function documentsAt<T>(refs: readonly DocumentReference<T>[]): Promise<(T | undefined)[]> {
  if (refs.length === 0) return [];
  // getAll is not declared for references with converters; it uses them all the same, so the values are of their type.
  const snapshots = await firestore().getAll(...(refs as unknown as DocumentReference[]));
  return snapshots.map((snapshot) => snapshot.data() as T | undefined);
}

const PAGE = 500;

/** Reads all documents of a query, in pages by id. */
export type SnapshotReader = <T extends { id: string }>(query: Query<T>) => Promise<T[]>;

/** Lets `work` read as much as it needs of the database as it was at one moment. Firestore allows it 270 s. */
export function allAtOneMoment<R>(work: (read: SnapshotReader) => Promise<R>): Promise<R> {
  return firestore().runTransaction(
    (transaction) =>
      work(async (query) => {
        const inOrder = query.orderBy(FieldPath.documentId()).limit(PAGE);
        let page = await transaction.get(inOrder);
        const found = page.docs.map((doc) => doc.data());
        while (page.size === PAGE) {
          page = await transaction.get(inOrder.startAfter(page.docs.at(-1)));
          found.push(...page.docs.map((doc) => doc.data()));
        }
        return found;
      }),
    { readOnly: true },
  );
}

/** True for the error of a transaction that would have created what is there already. */
export function isAlreadyThere(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 6;
}

/** Puts `next` in the place of `before`, if that is still what is stored; only the fields that differ are sent. */
export function replace<T extends { id: string }>(
  batch: WriteBatch,
  ref: DocumentReference<T>,
  before: T,
  next: T,
  lastUpdateTime: Version,
): void {
  const fields: DocumentData = {};
  for (const key of Object.keys({ ...before, ...next }) as (keyof T & string)[]) {
    if (key !== 'id' && next[key] !== before[key]) fields[key] = next[key] ?? FieldValue.delete();
  }
  batch.update(firestore().doc(ref.path), fields, { lastUpdateTime });
}

/**
 * Documents as plain values: timestamps are Dates, and the document's id is in the value as `id`, not in the stored
 * fields.
 */
export function plainConverter<T extends { id: string }>(): FirestoreDataConverter<T, DocumentData> {
  return {
    toFirestore: (value) => {
      const { id: _id, ...fields } = value as DocumentData;
      return fields;
    },
    fromFirestore: (snapshot) => plainDocument<T>(snapshot.id, snapshot.data()),
  };
}

/** The same conversion for a snapshot that a trigger brings. The stored shape is this system's own writing. */
export function plainDocument<T extends { id: string }>(id: string, fields: DocumentData): T {
  return { ...(withDates(fields) as object), id } as T;
}

function withDates(value: unknown): unknown {
  if (value instanceof Timestamp) return value.toDate();
  if (Array.isArray(value)) return value.map(withDates);
  if (value === null || typeof value !== 'object' || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, withDates(entry)]));
}

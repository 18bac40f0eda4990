import {
  type DocumentData,
  type Firestore,
  type FirestoreDataConverter,
  getFirestore,
  Timestamp,
} from 'firebase-admin/firestore';
import { app, perApp } from './app.ts';

export { type DocumentSnapshot, FieldPath, FieldValue, Timestamp, type Transaction } from 'firebase-admin/firestore';

/** The Firestore database of this process. */
export const firestore: () => Firestore = perApp(() => {
  const database = getFirestore(app());
  database.settings({ ignoreUndefinedProperties: true });
  return database;
});

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

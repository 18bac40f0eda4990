import { cursorAfter, entryOfCursor } from '../core/cursor.ts';
import { FieldPath, type Query } from './firestore.ts';

/** Which part of a list is asked for. */
export interface PageAsked {
  limit: number;
  /** Where the page before said that this one begins. */
  cursor?: string | undefined;
}

/** A part of a list. */
export interface Page<T> {
  entries: T[];
  /** Where the next page begins; absent on the last one. */
  nextCursor?: string;
}

/**
 * A page of what a query finds, in the order of a time that every document of it has, then of ids; one read more than the page
 * has. Throws AppError `invalid_request` for a cursor that is not ours.
 */
export async function pageByTime<T extends { id: string }>(
  query: Query<T>,
  field: keyof T & string,
  { limit, cursor }: PageAsked,
  direction: 'asc' | 'desc' = 'desc',
): Promise<Page<T>> {
  const inOrder = query
    .orderBy(field, direction)
    .orderBy(FieldPath.documentId(), direction)
    .limit(limit + 1);
  const rest = cursor === undefined ? inOrder : inOrder.startAfter(...entryOfCursor(cursor));
  const found = (await rest.get()).docs.map((doc) => doc.data());
  const entries = found.slice(0, limit);
  const last = entries.at(-1);
  const at: unknown = last?.[field];
  const hasMore = last && at instanceof Date && found.length > limit;
  return { entries, ...(hasMore && { nextCursor: cursorAfter(at, last.id) }) };
}

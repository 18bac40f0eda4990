import { AppError } from './errors.ts';

/** The last millisecond that Firestore can hold: the end of the year 9999. */
const MAX_TIME_MS = 253_402_300_799_999;

/** No id of Firestore's own kind, which it refuses: `.`, `..`, `__name__`. An id of the ledger holds a whole key, encoded. */
const CURSOR = /^(\d{1,15})\/(?!\.{1,2}$|__.*__$)([^/]{1,1000})$/;

/** Where a list by time goes on after this entry; opaque to callers. */
export function cursorAfter(at: Date, id: string): string {
  return Buffer.from(`${at.getTime()}/${id}`).toString('base64url');
}

/** The entry after which a cursor goes on. Throws `invalid_request` for one that is not ours. */
export function entryOfCursor(cursor: string): [Date, string] {
  const [, timeMs, id] = CURSOR.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  if (timeMs === undefined || id === undefined || Number(timeMs) > MAX_TIME_MS) {
    throw new AppError('invalid_request', 'The cursor is not one of ours.', [{ path: 'cursor', message: 'unknown' }]);
  }
  return [new Date(Number(timeMs)), id];
}

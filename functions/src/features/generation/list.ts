import type { Actor } from '../../core/actor.ts';
import { AppError } from '../../core/errors.ts';
import type { Generation } from '../../core/generation/state.ts';
import { shardOf } from '../../core/shard.ts';
import { generations } from '../../platform/collections.ts';
import { FieldPath } from '../../platform/firestore.ts';

export interface GenerationPage {
  generations: Generation[];
  /** Where the next page begins; absent on the last one. */
  nextCursor?: string;
}

/** The actor's own generations, newest first. Throws `invalid_request` for a cursor that is not ours. */
export async function listGenerations(
  actor: Actor,
  limit: number,
  cursor: string | undefined,
): Promise<GenerationPage> {
  let query = generations()
    .where('shard', '==', shardOf(actor.uid))
    .where('uid', '==', actor.uid)
    .orderBy('requestedAt', 'desc')
    .orderBy(FieldPath.documentId(), 'desc')
    .limit(limit + 1);
  if (cursor !== undefined) query = query.startAfter(...decode(cursor));
  const found = (await query.get()).docs.map((doc) => doc.data());
  const page = found.slice(0, limit);
  const last = page.at(-1);
  return { generations: page, ...(last && found.length > limit && { nextCursor: encode(last) }) };
}

/** The last millisecond that Firestore can hold: the end of the year 9999. */
const MAX_TIME_MS = 253_402_300_799_999;

function encode({ requestedAt, id }: Generation): string {
  return Buffer.from(`${requestedAt.getTime()}/${id}`).toString('base64url');
}

function decode(cursor: string): [Date, string] {
  const [, timeMs, id] = /^(\d{1,15})\/([A-Za-z0-9]{1,64})$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  if (timeMs === undefined || id === undefined || Number(timeMs) > MAX_TIME_MS) {
    throw new AppError('invalid_request', 'The cursor is not one of ours.', [{ path: 'cursor', message: 'unknown' }]);
  }
  return [new Date(Number(timeMs)), id];
}

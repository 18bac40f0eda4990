import type { Actor } from '../../core/actor.ts';
import { cursorAfter, entryOfCursor } from '../../core/cursor.ts';
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
    .where('listed', '==', true)
    .orderBy('requestedAt', 'desc')
    .orderBy(FieldPath.documentId(), 'desc')
    .limit(limit + 1);
  if (cursor !== undefined) query = query.startAfter(...entryOfCursor(cursor));
  const found = (await query.get()).docs.map((doc) => doc.data());
  const page = found.slice(0, limit);
  const last = page.at(-1);
  return {
    generations: page,
    ...(last && found.length > limit && { nextCursor: cursorAfter(last.requestedAt, last.id) }),
  };
}

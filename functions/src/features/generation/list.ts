import type { Actor } from '../../core/actor.ts';
import type { Generation } from '../../core/generation/state.ts';
import { shardOf } from '../../core/shard.ts';
import { generations } from '../../platform/collections.ts';
import { pageByTime } from '../../platform/page.ts';

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
  const own = generations()
    .where('shard', '==', shardOf(actor.uid))
    .where('uid', '==', actor.uid)
    .where('listed', '==', true);
  const { entries, ...next } = await pageByTime(own, 'requestedAt', { limit, cursor });
  return { generations: entries, ...next };
}

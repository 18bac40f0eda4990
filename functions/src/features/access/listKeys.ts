import type { ApiKey } from '../../core/access/key.ts';
import type { Actor } from '../../core/actor.ts';
import { AppError } from '../../core/errors.ts';
import { shardOf } from '../../core/shard.ts';
import { apiKeys } from '../../platform/collections.ts';

const MAX_LISTED = 100;

/**
 * The API keys of the actor, or for an admin of anybody, newest first; ended ones, too, up to 100 in all. Throws
 * `forbidden` for somebody else's without being admin.
 */
export async function listKeys(actor: Actor, uid = actor.uid): Promise<ApiKey[]> {
  if (uid !== actor.uid && actor.role !== 'admin') throw new AppError('forbidden', 'These are not your keys.');
  const found = await apiKeys()
    .where('shard', '==', shardOf(uid))
    .where('uid', '==', uid)
    .orderBy('endsAt', 'desc')
    .limit(MAX_LISTED)
    .get();
  return found.docs.map((doc) => doc.data()).sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime());
}

import { operationKey } from '../../core/generation/lookup.ts';
import type { Generation } from '../../core/generation/state.ts';
import { generations } from '../../platform/collections.ts';
import { findStored } from './load.ts';

/** Generations of one HTTP request that are found at most. */
const MAX_FOUND = 20;

/** Finds generations by id, by the provider's operation (its name or the last part of it), or by request id; newest first. */
export async function findGenerations(key: string): Promise<Generation[]> {
  const known = /^[A-Za-z0-9]{1,64}$/.test(key) ? await findStored(key) : undefined;
  if (known) return [known.generation];
  const found = await generations().where('lookupKeys', 'array-contains', operationKey(key)).limit(MAX_FOUND).get();
  return found.docs
    .map((doc) => doc.data())
    .sort((a, b) => b.requestedAt.getTime() - a.requestedAt.getTime() || (a.id < b.id ? -1 : 1));
}

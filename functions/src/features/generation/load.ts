import type { Actor } from '../../core/actor.ts';
import { AppError } from '../../core/errors.ts';
import type { Generation } from '../../core/generation/state.ts';
import { generations } from '../../platform/collections.ts';
import type { Version } from '../../platform/firestore.ts';

/** A generation as it was read, and which version of it that was. */
export interface Stored {
  generation: Generation;
  version: Version;
}

/** Reads one generation, or undefined. */
export async function findStored(id: string): Promise<Stored | undefined> {
  const snapshot = await generations().doc(id).get();
  const generation = snapshot.data();
  return generation && snapshot.updateTime && { generation, version: snapshot.updateTime };
}

/** Somebody else's generation is answered like one that does not exist, so that ids tell nothing. */
export function assertOwner(actor: Actor, generation: Pick<Generation, 'uid'>): void {
  if (generation.uid !== actor.uid) throw new AppError('not_found', 'There is no such generation.');
}

/** Reads a generation of the actor's own. Throws `not_found`. */
export async function loadOwn(actor: Actor, id: string): Promise<Generation> {
  const stored = await findStored(id);
  if (!stored) throw new AppError('not_found', 'There is no such generation.');
  assertOwner(actor, stored.generation);
  return stored.generation;
}

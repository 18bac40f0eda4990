import type { Actor } from '../../core/actor.ts';
import { AppError } from '../../core/errors.ts';
import type { Generation } from '../../core/generation/state.ts';
import { generations } from '../../platform/collections.ts';

/** Reads one generation, or undefined. */
export async function findGeneration(id: string): Promise<Generation | undefined> {
  return (await generations().doc(id).get()).data();
}

/** Somebody else's generation is answered like one that does not exist, so that ids tell nothing. */
export function assertOwner(actor: Actor, generation: Pick<Generation, 'uid'>): void {
  if (generation.uid !== actor.uid) throw new AppError('not_found', 'There is no such generation.');
}

/** Reads a generation of the actor's own. Throws `not_found`. */
export async function loadOwn(actor: Actor, id: string): Promise<Generation> {
  const generation = await findGeneration(id);
  if (!generation) throw new AppError('not_found', 'There is no such generation.');
  assertOwner(actor, generation);
  return generation;
}

import type { Actor } from '../../core/actor.ts';
import { AppError } from '../../core/errors.ts';
import type { Generation } from '../../core/generation/state.ts';
import { cancel } from '../../core/generation/transitions/request.ts';
import { transact } from './apply.ts';
import { enqueueOrLeave } from './enqueue.ts';
import { assertOwner } from './load.ts';

/**
 * Asks for a generation to be stopped; asking again changes nothing. In the queue it ends at once; a job that the
 * provider has runs on, for Veo cannot stop one. Throws `conflict` when it has already ended otherwise.
 */
export async function cancelGeneration(actor: Actor, id: string): Promise<Generation> {
  const { generation, refusal } = await transact(id, cancel, (found) => assertOwner(actor, found));
  await enqueueOrLeave(generation);
  if (refusal === 'wrong_state' && generation.state !== 'cancelled') {
    throw new AppError('conflict', `The generation has already ended: ${generation.state}.`);
  }
  return generation;
}

import type { Actor } from '../../core/actor.ts';
import { AppError } from '../../core/errors.ts';
import type { Generation } from '../../core/generation/state.ts';
import { rate } from '../../core/generation/transitions/request.ts';
import { transact } from './apply.ts';
import { assertOwner } from './load.ts';

/** Sets the owner's rating, 1 to 5 stars. The same stars again change nothing. Throws `conflict` where there is no video. */
export async function rateGeneration(actor: Actor, id: string, stars: number): Promise<Generation> {
  const { generation, refusal } = await transact(id, rate(stars), (found) => assertOwner(actor, found));
  if (refusal === 'not_ended') throw new AppError('conflict', 'The generation has not ended yet.');
  if (refusal === 'wrong_state')
    throw new AppError(
      'conflict',
      `There is no video to rate: ${generation.deletedAt ? 'deleted' : generation.state}.`,
    );
  return generation;
}

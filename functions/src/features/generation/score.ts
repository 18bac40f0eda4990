import { AppError } from '../../core/errors.ts';
import type { Generation } from '../../core/generation/state.ts';
import { score } from '../../core/generation/transitions/score.ts';
import { transact } from './apply.ts';

/**
 * Sets the quality of a generation's videos, 0 to 1,000, as a scorer gives it. The same again changes nothing. Throws
 * `not_found`, and `conflict` where there is no video.
 */
export async function scoreGeneration(id: string, scorer: string, thousandths: number): Promise<Generation> {
  const { generation, refusal } = await transact(id, score(scorer, thousandths));
  if (refusal === 'not_ended') throw new AppError('conflict', 'The generation has not ended yet.');
  if (refusal === 'wrong_state') throw new AppError('conflict', `There is no video to score: ${generation.state}.`);
  return generation;
}

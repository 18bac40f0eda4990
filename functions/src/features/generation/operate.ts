import { AppError } from '../../core/errors.ts';
import type { Command } from '../../core/generation/decision.ts';
import type { Generation } from '../../core/generation/state.ts';
import { endByOperator, takeOverNow } from '../../core/generation/transitions/operator.ts';
import { type Also, transact } from './apply.ts';
import { enqueueOrLeave } from './enqueue.ts';

/** Takes an open generation over as the sweeper would, at once. Throws `not_found`, or `conflict` for one that has ended. */
export function takeOverGeneration(id: string, also: Also): Promise<Generation> {
  return operate(id, takeOverNow, also);
}

/** Ends an open generation as failed; its hold is released. Throws `not_found`, or `conflict` for one that has ended. */
export function endGeneration(id: string, reason: string, also: Also): Promise<Generation> {
  return operate(id, endByOperator(reason), also);
}

async function operate(id: string, command: Command, also: Also): Promise<Generation> {
  const { generation, refusal } = await transact(id, command, undefined, also);
  if (refusal) throw new AppError('conflict', `The generation has already ended: ${generation.state}.`);
  await enqueueOrLeave(generation);
  return generation;
}

import { AppError } from '../../core/errors.ts';
import type { Command, Refusal } from '../../core/generation/decision.ts';
import type { Generation } from '../../core/generation/state.ts';
import { now } from '../../platform/clock.ts';
import { generations, recordEvent } from '../../platform/collections.ts';
import { firestore, type Transaction } from '../../platform/firestore.ts';
import { enqueuePending } from './enqueue.ts';

/** What became of a command: the generation as it is now, and why nothing changed if so. */
export interface Applied {
  generation: Generation;
  refusal?: Refusal;
}

/**
 * Carries out a command in one transaction: the document and its event change together or not at all. Then makes sure
 * that the task for the next step exists, also when nothing changed, so that a repeated delivery repairs what a crash
 * left undone. Throws `not_found` for an unknown id, and whatever `guard` throws.
 */
export async function apply(id: string, command: Command, guard?: (generation: Generation) => void): Promise<Applied> {
  const applied = await transact(id, command, guard);
  await enqueuePending(applied.generation);
  return applied;
}

/** The transaction alone, for a caller that does the next step itself. */
export function transact(id: string, command: Command, guard?: (generation: Generation) => void): Promise<Applied> {
  return firestore().runTransaction((transaction) => applyIn(transaction, id, command, guard));
}

async function applyIn(
  transaction: Transaction,
  id: string,
  command: Command,
  guard?: (generation: Generation) => void,
): Promise<Applied> {
  const ref = generations().doc(id);
  const generation = (await transaction.get(ref)).data();
  if (!generation) throw new AppError('not_found', 'There is no such generation.');
  guard?.(generation);
  const decision = command(generation, now());
  if (!decision.ok) return { generation, refusal: decision.reason };
  transaction.set(ref, decision.next);
  if (decision.event) recordEvent(transaction, decision.event);
  return { generation: decision.next };
}

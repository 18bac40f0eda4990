import { AppError } from '../../core/errors.ts';
import { cleanUpDueAt } from '../../core/generation/cleanUp.ts';
import type { Command, Decision, Refusal } from '../../core/generation/decision.ts';
import { type Generation, isTerminal } from '../../core/generation/state.ts';
import { now } from '../../platform/clock.ts';
import { generations, recordEvent, type Writes } from '../../platform/collections.ts';
import { commitUnlessChanged, replace, type Version } from '../../platform/firestore.ts';
import { settleIn } from '../credits/index.ts';
import { enqueuePending } from './enqueue.ts';
import { findStored, type Stored } from './load.ts';
import { planOf } from './retention.ts';

/** What became of a command: the generation as it is now, and why nothing changed if so. */
export interface Applied extends Stored {
  refusal?: Refusal;
}

/** What is written together with a change. */
export type Also = (writes: Writes, before: Generation, next: Generation) => void;

/** How often a command is decided anew because somebody else was faster. */
const MAX_TRIES = 8;

/**
 * Carries out a command: the document, its event and what its end means for its owner's credits change together or not at
 * all. Then makes sure that the task for the next step exists, also when nothing changed, so that a repeated delivery repairs
 * what a crash left undone. Throws `not_found` for an unknown id, and whatever `guard` throws.
 */
export async function apply(
  known: Stored | string,
  command: Command,
  guard?: (generation: Generation) => void,
  also?: Also,
): Promise<Applied> {
  const applied = await transact(known, command, guard, also);
  await enqueuePending(applied.generation);
  return applied;
}

/**
 * The change alone, for a caller that does the next step itself. What the caller has just read need not be read again: the
 * write is conditional on the version, and the command is decided anew on a newer one.
 */
export async function transact(
  known: Stored | string,
  command: Command,
  guard?: (generation: Generation) => void,
  also?: Also,
): Promise<Applied> {
  const id = typeof known === 'string' ? known : known.generation.id;
  let stored = typeof known === 'string' ? await findStored(known) : known;
  for (let tries = 1; stored; tries++) {
    guard?.(stored.generation);
    const decision = command(stored.generation, now());
    if (!decision.ok) return { ...stored, refusal: decision.reason };
    const next = withCleanUp(stored.generation, decision.next);
    const version = await commit(stored, { ...decision, next }, also);
    if (version) return { generation: next, version };
    if (tries === MAX_TRIES) throw new Error(`generation ${id}: none of ${MAX_TRIES} commits went through`);
    stored = await findStored(id);
  }
  throw new AppError('not_found', 'There is no such generation.');
}

/** A generation that has just ended, with when its files are to be cleaned up. */
function withCleanUp(before: Generation, next: Generation): Generation {
  if (!isTerminal(next.state) || isTerminal(before.state)) return next;
  const cleanUpAt = cleanUpDueAt(planOf(next));
  return cleanUpAt ? { ...next, cleanUpAt } : next;
}

/** Writes what was decided on this version; undefined when the document has changed since. */
function commit(
  { generation, version }: Stored,
  { next, event }: Decision & { ok: true },
  also?: Also,
): Promise<Version | undefined> {
  return commitUnlessChanged((batch) => {
    replace(batch, generations().doc(generation.id), generation, next, version);
    if (event) recordEvent(batch, event);
    if (isTerminal(next.state) && !isTerminal(generation.state)) settleIn(batch, next, now());
    also?.(batch, generation, next);
  });
}

import { type Command, refused } from '../decision.ts';
import type { GenerationError } from '../outcome.ts';
import { isTerminal } from '../state.ts';
import { endForGood } from './attempt.ts';

/** How long the step that an operator called for may take before the sweeper looks after it. */
const LEASE_MS = 60_000;

/**
 * An operator does not want to wait for the sweeper: earlier tasks lose their say, and the queue is left at once. It is not
 * given up however often it was taken over.
 */
export const takeOverNow: Command = (generation, now) => {
  if (isTerminal(generation.state)) return refused('wrong_state');
  const { notBefore: _notBefore, ...rest } = generation;
  const nextActionAt = new Date(now.getTime() + LEASE_MS);
  return { ok: true, next: { ...rest, epoch: generation.epoch + 1, nextActionAt } };
};

/** An operator ends it for good. What the provider may have under way is booked as possible waste. */
export function endByOperator(reason: string): Command {
  return (generation, now) => {
    if (isTerminal(generation.state)) return refused('wrong_state');
    const error: GenerationError = { code: 'ended_by_operator', detail: reason };
    return endForGood(generation, error, now);
  };
}

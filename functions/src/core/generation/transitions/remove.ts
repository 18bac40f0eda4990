import { correctionEvent } from '../../events/generation.ts';
import { type CleanUpPlan, cleanUpDueAt, type FileGroup, type Orphans, withOrphans } from '../cleanUp.ts';
import { type Command, refused } from '../decision.ts';
import type { GenerationError } from '../outcome.ts';
import { type Attempt, type Generation, isTerminal } from '../state.ts';

/** Stands for the hash of a request of which nothing is to be told any more. */
const DELETED = 'deleted';

/**
 * Its owner wants the videos and the words of the request gone; the facts stay. What providers said goes as well, for it may
 * quote the request.
 */
export const remove: Command = (generation, now) => {
  if (!isTerminal(generation.state)) return refused('not_ended');
  if (generation.deletedAt) return refused('unchanged');
  const { negativePrompt: _negativePrompt, ...asked } = generation.asked;
  const next: Generation = {
    ...generation,
    asked: { ...asked, prompt: '' },
    requestHash: DELETED,
    attempts: generation.attempts.map(wordless),
    listed: false,
    deletedAt: now,
    cleanUpAt: now,
  };
  if (generation.error) next.error = codeOnly(generation.error);
  return { ok: true, next };
};

const codeOnly = ({ code }: GenerationError): GenerationError => ({ code });

function wordless(attempt: Attempt): Attempt {
  const { error, uncertain } = attempt;
  return { ...attempt, ...(error && { error: codeOnly(error) }), ...(uncertain && { uncertain: codeOnly(uncertain) }) };
}

/** Books what turned up in the places of attempts that had been given up, as cost and waste. */
export function bookOrphans(orphans: Orphans): Command {
  return (generation, now) => {
    const attempts = withOrphans(generation, orphans);
    if (attempts.every((attempt, i) => attempt === generation.attempts[i])) return refused('unchanged');
    // Of what costs nothing there is nothing to correct.
    if (generation.costUsdMicrosPerVideo === 0) return { ok: true, next: { ...generation, attempts } };
    const next: Generation = { ...generation, attempts, seq: generation.seq + 1 };
    return { ok: true, next, event: correctionEvent(generation, next, now) };
  };
}

/** These groups of files are gone; what is left of the plan says when to come again. */
export function cleanedUp(groups: readonly FileGroup[], planOf: (generation: Generation) => CleanUpPlan): Command {
  return (generation, now) => {
    const cleaned = [...new Set([...(generation.cleaned ?? []), ...groups])].sort();
    const next: Generation = { ...generation, cleaned };
    const dueAt = cleanUpDueAt(planOf(next));
    if (dueAt) next.cleanUpAt = dueAt;
    else delete next.cleanUpAt;
    if (groups.includes('outputs')) next.filesDeletedAt = now;
    return { ok: true, next };
  };
}

/** The files could not be deleted now. */
export function cleanUpLater(waitMs: number): Command {
  return (generation, now) => ({ ok: true, next: { ...generation, cleanUpAt: new Date(now.getTime() + waitMs) } });
}

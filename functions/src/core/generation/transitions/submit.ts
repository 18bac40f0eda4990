import { generationEvent } from '../../events/generation.ts';
import { type Command, refused } from '../decision.ts';
import { operationKey } from '../lookup.ts';
import type { GenerationError } from '../outcome.ts';
import { nextPollAfter, pollLease, type RenderTime, SUBMIT_LEASE_MS } from '../schedule.ts';
import type { Attempt, Generation } from '../state.ts';
import { attemptIn, end, endAttempt, isDecision, withCurrent } from './attempt.ts';

/**
 * Takes the generation out of the queue for its attempt of this number: from here on the provider may have the job. Whoever
 * comes late, meaning an earlier attempt, is refused: no two attempts ever write to the same place.
 */
export function beginAttempt(number: number, storageUri: string): Command {
  return (generation, now) => {
    if (generation.state !== 'queued') return refused('wrong_state');
    if (number !== generation.attempts.length + 1) return refused('stale_attempt');
    if (generation.cancelRequestedAt) return end(generation, 'cancelled', undefined, now);
    const next: Generation = {
      ...generation,
      state: 'submitting',
      seq: generation.seq + 1,
      attempts: [...generation.attempts, { number, storageUri, startedAt: now, nextPoll: 0, polls: 0 }],
      nextActionAt: new Date(now.getTime() + SUBMIT_LEASE_MS),
    };
    delete next.notBefore;
    return { ok: true, next };
  };
}

/** The provider confirmed the job. Also believed when the answer comes late. */
export function accepted(attemptNumber: number, operation: string, renderTime: RenderTime): Command {
  return (generation, now) => {
    const attempt = attemptIn(generation, attemptNumber, ['submitting']);
    if (isDecision(attempt)) return attempt;
    const taken: Attempt = { ...attempt, acceptedAt: now, operation, nextPoll: 0 };
    const next: Generation = {
      ...generation,
      state: 'running',
      seq: generation.seq + 1,
      submittedAt: now,
      expectedRenderMs: renderTime.p50,
      lookupKeys: [...generation.lookupKeys, operationKey(operation)],
      attempts: withCurrent(generation, taken),
    };
    next.nextActionAt = pollLease(next, taken, 0);
    return { ok: true, next, event: generationEvent('generation.submitted', next, now) };
  };
}

/** The provider said no: nothing runs there. */
export function submitRefused(attemptNumber: number, error: GenerationError, retryAfterMs = 0): Command {
  return (generation, now) => {
    const attempt = attemptIn(generation, attemptNumber, ['submitting']);
    return isDecision(attempt) ? attempt : endAttempt(generation, error, now, retryAfterMs);
  };
}

/** The provider's answer was lost or unclear: it may run there, so its storage prefix is watched. */
export function submitUncertain(attemptNumber: number, error: GenerationError): Command {
  return (generation, now) => {
    const attempt = attemptIn(generation, attemptNumber, ['submitting']);
    if (isDecision(attempt)) return attempt;
    if (attempt.uncertain) return refused('unchanged');
    const doubted: Attempt = { ...attempt, uncertain: error };
    doubted.nextPoll = nextPollAfter(generation, doubted, 0, now);
    const attempts = withCurrent(generation, doubted);
    return {
      ok: true,
      next: { ...generation, attempts, nextActionAt: pollLease(generation, doubted, doubted.nextPoll) },
    };
  };
}

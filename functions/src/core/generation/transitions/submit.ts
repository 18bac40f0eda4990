import { generationEvent } from '../../events/generation.ts';
import { type Command, refused } from '../decision.ts';
import type { GenerationError } from '../outcome.ts';
import { pollDelayMs, type RenderTime, SUBMIT_LEASE_MS } from '../schedule.ts';
import type { Generation } from '../state.ts';
import { attemptIn, end, endAttempt, isDecision, withCurrent } from './attempt.ts';

/** Takes the generation out of the queue for its next attempt: from here on the provider may have the job. */
export function beginAttempt(storageUri: string): Command {
  return (generation, now) => {
    if (generation.state !== 'queued') return refused('wrong_state');
    if (generation.cancelRequestedAt) return end(generation, 'cancelled', undefined, now);
    const number = generation.attempts.length + 1;
    const next: Generation = {
      ...generation,
      state: 'submitting',
      seq: generation.seq + 1,
      attempts: [...generation.attempts, { number, storageUri, startedAt: now, polls: 0 }],
      nextActionAt: new Date(now.getTime() + SUBMIT_LEASE_MS),
    };
    return { ok: true, next };
  };
}

/** The provider confirmed the job. Also believed when the answer comes late. */
export function accepted(attemptNumber: number, operation: string, renderTime: RenderTime): Command {
  return (generation, now) => {
    const attempt = attemptIn(generation, attemptNumber, ['submitting']);
    if (isDecision(attempt)) return attempt;
    const next: Generation = {
      ...generation,
      state: 'running',
      seq: generation.seq + 1,
      submittedAt: now,
      expectedRenderMs: renderTime.p50,
      attempts: withCurrent(generation, { acceptedAt: now, operation, polls: 0 }),
      nextActionAt: new Date(now.getTime() + pollDelayMs(0, 0, renderTime.p50)),
    };
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
    const elapsedMs = now.getTime() - attempt.startedAt.getTime();
    const delayMs = pollDelayMs(0, elapsedMs, generation.expectedRenderMs);
    const attempts = withCurrent(generation, { uncertain: error, polls: attempt.polls + 1 });
    return { ok: true, next: { ...generation, attempts, nextActionAt: new Date(now.getTime() + delayMs) } };
  };
}

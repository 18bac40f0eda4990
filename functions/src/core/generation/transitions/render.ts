import { type Command, refused } from '../decision.ts';
import type { GenerationError } from '../outcome.ts';
import { pollDelayMs, STORE_LEASE_MS } from '../schedule.ts';
import type { Generation, Output, RenderedVideo } from '../state.ts';
import { attemptIn, end, endAttempt, isDecision, withCurrent } from './attempt.ts';

/** Poll number `polls` (from 0) found nothing new: the next one is scheduled. */
export function stillRendering(attemptNumber: number, polls: number): Command {
  return (generation, now) => {
    const attempt = attemptIn(generation, attemptNumber, ['submitting', 'running']);
    if (isDecision(attempt)) return attempt;
    if (attempt.polls !== polls) return refused('stale_attempt');
    const elapsedMs = now.getTime() - (attempt.acceptedAt ?? attempt.startedAt).getTime();
    const delayMs = pollDelayMs(polls + 1, elapsedMs, generation.expectedRenderMs);
    const attempts = withCurrent(generation, { polls: polls + 1, lastPolledAt: now });
    return { ok: true, next: { ...generation, attempts, nextActionAt: new Date(now.getTime() + delayMs) } };
  };
}

/** What the provider made of the request. */
export interface Rendering {
  videos: RenderedVideo[];
  videosBlocked: number;
  blockReasons: string[];
}

/** The provider is done and there is at least one video. */
export function rendered(attemptNumber: number, rendering: Rendering): Command {
  return (generation, now) => {
    const attempt = attemptIn(generation, attemptNumber, ['submitting', 'running']);
    if (isDecision(attempt)) return attempt;
    const next: Generation = {
      ...generation,
      state: 'storing',
      seq: generation.seq + 1,
      submittedAt: generation.submittedAt ?? attempt.startedAt,
      renderedAt: now,
      rendered: rendering.videos,
      videosBlocked: rendering.videosBlocked,
      attempts: withCurrent(generation, { polls: attempt.polls + 1, endedAt: now }),
      nextActionAt: new Date(now.getTime() + STORE_LEASE_MS),
    };
    if (rendering.blockReasons.length > 0) next.blockReasons = rendering.blockReasons;
    return { ok: true, next };
  };
}

/** The attempt came to nothing, told by the provider or by the clock. */
export function attemptFailed(attemptNumber: number, error: GenerationError, blockReasons: string[] = []): Command {
  return (generation, now) => {
    const attempt = attemptIn(generation, attemptNumber, ['submitting', 'running']);
    if (isDecision(attempt)) return attempt;
    const polled: Generation = {
      ...generation,
      attempts: withCurrent(generation, { polls: attempt.polls + 1 }),
      ...(attempt.acceptedAt && { renderedAt: now }),
      ...(blockReasons.length > 0 && { blockReasons, videosBlocked: generation.asked.videos }),
    };
    return endAttempt(polled, error, now);
  };
}

/** The videos are in our own storage. */
export function stored(attemptNumber: number, outputs: Output[]): Command {
  return (generation, now) => {
    const attempt = attemptIn(generation, attemptNumber, ['storing']);
    return isDecision(attempt) ? attempt : end({ ...generation, outputs }, 'succeeded', undefined, now);
  };
}

/** The videos cannot be stored, and trying again would not help. */
export function storeFailed(attemptNumber: number, error: GenerationError): Command {
  return (generation, now) => {
    const attempt = attemptIn(generation, attemptNumber, ['storing']);
    return isDecision(attempt) ? attempt : end(generation, 'failed', error, now);
  };
}

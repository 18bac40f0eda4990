import { type Command, refused } from '../decision.ts';
import type { GenerationError } from '../outcome.ts';
import { type PollProgress, pollLease, STORE_LEASE_MS } from '../schedule.ts';
import type { Generation, Output, RenderedVideo } from '../state.ts';
import { attemptIn, end, endAttempt, isDecision, withCurrent } from './attempt.ts';

/** The polls have come to the end of the lease with nothing new: notes how far they are and takes the next lease. */
export function renewLease(attemptNumber: number, progress: PollProgress): Command {
  return (generation) => {
    const attempt = attemptIn(generation, attemptNumber, ['submitting', 'running']);
    if (isDecision(attempt)) return attempt;
    if (attempt.nextPoll >= progress.nextPoll) return refused('stale_attempt');
    const attempts = withCurrent(generation, progress);
    return {
      ok: true,
      next: { ...generation, attempts, nextActionAt: pollLease(generation, attempt, progress.nextPoll) },
    };
  };
}

/** What the last poll knew of those before it. */
export type Polled = Partial<Pick<PollProgress, 'polls' | 'lastPolledAt'>>;

/** What the provider made of the request. */
export interface Rendering {
  videos: RenderedVideo[];
  videosBlocked: number;
  blockReasons: string[];
}

/** The provider is done and there is at least one video. */
export function rendered(attemptNumber: number, rendering: Rendering, polled: Polled = {}): Command {
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
      attempts: withCurrent(generation, {
        ...polled,
        endedAt: now,
        costUsdMicros: rendering.videos.length * generation.costUsdMicrosPerVideo,
      }),
      nextActionAt: new Date(now.getTime() + STORE_LEASE_MS),
    };
    if (rendering.blockReasons.length > 0) next.blockReasons = rendering.blockReasons;
    return { ok: true, next };
  };
}

/** The attempt came to nothing, told by the provider or by the clock. */
export function attemptFailed(
  attemptNumber: number,
  error: GenerationError,
  blockReasons: string[] = [],
  polled: Polled = {},
): Command {
  return (generation, now) => {
    const attempt = attemptIn(generation, attemptNumber, ['submitting', 'running']);
    if (isDecision(attempt)) return attempt;
    const looked: Generation = {
      ...generation,
      attempts: withCurrent(generation, polled),
      ...(attempt.acceptedAt && { renderedAt: now }),
      ...(blockReasons.length > 0 && { blockReasons, videosBlocked: generation.asked.videos }),
    };
    return endAttempt(looked, error, now);
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

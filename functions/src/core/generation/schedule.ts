import { unitInterval } from '../hash.ts';
import { currentAttempt, type Generation } from './state.ts';

/** How long a submit may take before it counts as lost: longer than the client's own timeout of 60 s. */
export const SUBMIT_LEASE_MS = 90_000;
/** How long storing may take before the sweeper tries again. */
export const STORE_LEASE_MS = 300_000;

const MIN_POLL_MS = 2_000;
const MAX_POLL_MS = 60_000;
const RETRY_BASE_MS = 5_000;
const RETRY_CAP_MS = 300_000;

/** The observed render times of a model that polling is scheduled by. */
export interface RenderTime {
  p50: number;
  p99: number;
}

/**
 * Milliseconds until the next poll. The first waits for the expected render time; after that, each wait is an eighth of
 * the time rendered so far, between 2 s and 60 s, so a render is seen at most 12.5 % (or 2 s) late.
 */
export function pollDelayMs(pollsSoFar: number, elapsedMs: number, expectedRenderMs: number): number {
  if (pollsSoFar === 0 && elapsedMs < expectedRenderMs) return Math.max(MIN_POLL_MS, expectedRenderMs - elapsedMs);
  return Math.round(Math.min(MAX_POLL_MS, Math.max(MIN_POLL_MS, elapsedMs / 8)));
}

/**
 * Milliseconds before attempt number `attempt + 1`: exponential from 5 s to 5 min, spread over its upper half by the
 * generation's own id, and never less than the provider asked for.
 */
export function retryDelayMs(generationId: string, attempt: number, retryAfterMs = 0): number {
  const ceilingMs = Math.min(RETRY_CAP_MS, RETRY_BASE_MS * 2 ** attempt);
  const jitteredMs = ceilingMs / 2 + (ceilingMs / 2) * unitInterval(`${generationId}/${attempt}`);
  return Math.round(Math.max(jitteredMs, retryAfterMs));
}

export type Step = 'dispatch' | 'poll' | 'settle';

/** A step that the generation waits for, as its task carries it. */
export interface PendingTask {
  step: Step;
  /** Undefined: at once. */
  at: Date | undefined;
  /** Tells this step from every other of the same generation; with the id and the epoch it names the task. */
  key: string;
}

/**
 * The task that must exist for the generation to go on, derived from its document alone, so that anybody who finds it
 * waiting can enqueue it: the name makes a second one impossible. Undefined once ended.
 */
export function pendingTask(generation: Generation): PendingTask | undefined {
  const attempt = currentAttempt(generation);
  const at = generation.nextActionAt;
  switch (generation.state) {
    case 'queued':
      return { step: 'dispatch', at, key: `dispatch.${generation.attempts.length + 1}` };
    case 'submitting':
    case 'running':
      return { step: 'poll', at, key: `poll.${attempt?.number}.${attempt?.polls}.${generation.state}` };
    case 'storing':
      return { step: 'settle', at: undefined, key: `settle.${attempt?.number}` };
    case 'succeeded':
    case 'failed':
    case 'blocked':
    case 'cancelled':
    case 'expired':
      return undefined;
  }
}

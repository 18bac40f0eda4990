import { unitInterval } from '../hash.ts';
import { type Attempt, currentAttempt, type Generation } from './state.ts';

/** How long a submit may take before it counts as lost: longer than the client's own timeout of 60 s. */
export const SUBMIT_LEASE_MS = 90_000;
/** How long storing may take before the sweeper tries again. */
export const STORE_LEASE_MS = 300_000;

/** Polls between two writes of the document: a lost poll is noticed that much later. */
export const POLLS_PER_LEASE = 4;
const MIN_POLL_MS = 2_000;
const MAX_POLL_MS = 60_000;
const RETRY_BASE_MS = 5_000;
const RETRY_CAP_MS = 300_000;
/** A provider that asks for more patience than this is asked again sooner: somebody's credits are held meanwhile. */
const MAX_RETRY_AFTER_MS = 300_000;

/** The observed render times of a model that polling is scheduled by. */
export interface RenderTime {
  p50: number;
  p99: number;
}

/**
 * When poll number `n` of an attempt is planned, in ms since the provider took the job. The first is at the expected render
 * time; each later wait is an eighth of the time so far, between 2 s and 60 s, so a render is seen at most 12.5 % (or 2 s)
 * late once it is slower than expected.
 */
export function plannedPollMs(n: number, expectedRenderMs: number): number {
  let atMs = Math.max(MIN_POLL_MS, expectedRenderMs);
  for (let i = 0; i < n; i++) atMs += Math.round(Math.min(MAX_POLL_MS, Math.max(MIN_POLL_MS, atMs / 8)));
  return atMs;
}

/**
 * Milliseconds before attempt number `attempt + 1`: full jitter, which is anything from nothing to a ceiling that doubles from
 * 10 s to 5 min, drawn by the generation's own id; and after what the provider asked for (5 min at most), so that not all
 * come back at once.
 */
export function retryDelayMs(generationId: string, attempt: number, retryAfterMs = 0): number {
  const ceilingMs = Math.min(RETRY_CAP_MS, RETRY_BASE_MS * 2 ** attempt);
  return Math.round(
    Math.min(retryAfterMs, MAX_RETRY_AFTER_MS) + ceilingMs * unitInterval(`${generationId}/${attempt}`),
  );
}

export type Step = 'dispatch' | 'poll' | 'settle';

/** Where the polls of an attempt are. Most polls write nothing, so a task knows more than the document. */
export interface PollProgress {
  /** Number of the planned poll that comes next. */
  nextPoll: number;
  /** How often the provider was asked so far. */
  polls: number;
  /** When it was last asked and still busy. */
  lastPolledAt?: Date;
}

/** A step that the generation waits for, as its task carries it. */
export interface PendingTask {
  step: Step;
  /** Undefined: at once. */
  at: Date | undefined;
  /** Tells this step from every other of the same generation; with the id and the epoch it names the task. */
  key: string;
  /** Only with the step `poll`. */
  progress?: PollProgress;
}

/**
 * The task that must exist for the generation to go on, derived from its document alone, so that anybody who finds it
 * waiting can enqueue it: the name makes a second one impossible. Undefined once ended.
 */
export function pendingTask(generation: Generation): PendingTask | undefined {
  const attempt = currentAttempt(generation);
  switch (generation.state) {
    case 'queued':
      return { step: 'dispatch', at: generation.notBefore, key: `dispatch.${generation.attempts.length + 1}` };
    case 'submitting':
    case 'running':
      return attempt && pollTask(generation, attempt, attempt);
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

/** The task of the next poll of an attempt that is as far as `progress` says. */
export function pollTask(generation: Generation, attempt: Attempt, progress: PollProgress): PendingTask {
  const { nextPoll, polls, lastPolledAt } = progress;
  const key = `poll.${attempt.number}.${generation.state}${attempt.uncertain ? '?' : ''}.${nextPoll}`;
  const at = pollAt(generation, attempt, nextPoll);
  return { step: 'poll', at, key, progress: { nextPoll, polls, ...(lastPolledAt && { lastPolledAt }) } };
}

/** The first planned poll after `now` of an attempt whose poll number `from - 1` has just been made. */
export function nextPollAfter(generation: Generation, attempt: Attempt, from: number, now: Date): number {
  let n = from;
  while (pollAt(generation, attempt, n) <= now) n++;
  return n;
}

/** Until when the document need not be touched: the time of the fourth poll from number `n` on. */
export function pollLease(generation: Generation, attempt: Attempt, n: number): Date {
  return pollAt(generation, attempt, n + POLLS_PER_LEASE - 1);
}

function pollAt(generation: Generation, attempt: Attempt, n: number): Date {
  // Nothing is known before the submit must have come to an end.
  if (!attempt.acceptedAt && !attempt.uncertain) return new Date(attempt.startedAt.getTime() + SUBMIT_LEASE_MS + n);
  const since = attempt.acceptedAt ?? attempt.startedAt;
  return new Date(since.getTime() + plannedPollMs(n, generation.expectedRenderMs));
}

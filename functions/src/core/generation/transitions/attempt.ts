import { generationEvent } from '../../events/generation.ts';
import { costOf, fullCostUsdMicros, possibleCostOf } from '../cost.ts';
import { type Decision, refused } from '../decision.ts';
import { errorRule, type GenerationError, outcomeOf } from '../outcome.ts';
import { retryDelayMs } from '../schedule.ts';
import { type Attempt, currentAttempt, type Generation, type State } from '../state.ts';

/** How often one generation is tried at the provider, refusals for want of capacity not counted. */
export const MAX_ATTEMPTS = 3;
/** All attempts, counted or not. */
export const MAX_ALL_ATTEMPTS = 30;
/** How long a generation waits for a provider that has no capacity or cannot be reached, from its first such attempt on. */
const MAX_QUEUE_MS = 30 * 60_000;
/** No further attempt once earlier ones may have cost this many times the price of one. */
const MAX_WASTE_TIMES = 2;
/** An unconfirmed submit may already cost money, so it is tried once more at most. */
const MAX_UNCERTAIN_ATTEMPTS = 2;

/** The current attempt when it has this number and the generation is in one of these states. */
export function attemptIn(generation: Generation, number: number, states: readonly State[]): Attempt | Decision {
  if (!states.includes(generation.state)) return refused('wrong_state');
  const attempt = currentAttempt(generation);
  return attempt?.number === number ? attempt : refused('stale_attempt');
}

export const isDecision = (value: Attempt | Decision): value is Decision => 'ok' in value;

/** The attempts with the current one changed. */
export function withCurrent(generation: Generation, change: Partial<Attempt>): Attempt[] {
  return generation.attempts.map((a, i, all) => (i === all.length - 1 ? { ...a, ...change } : a));
}

/** Ends the current attempt with an error: another attempt where that may help, else the generation ends. */
export function endAttempt(generation: Generation, error: GenerationError, now: Date, retryAfterMs = 0): Decision {
  const possibleCostUsdMicros = possibleCostOf(generation, error.code);
  const attempts = withCurrent(generation, {
    endedAt: now,
    error,
    ...(possibleCostUsdMicros > 0 && { possibleCostUsdMicros }),
  });
  if (generation.cancelRequestedAt) return end({ ...generation, attempts }, 'cancelled', undefined, now);
  if (!mayRetry(generation, attempts, error, now))
    return end({ ...generation, attempts }, outcomeOf(error.code), error, now);
  const notBefore = new Date(now.getTime() + retryDelayMs(generation.id, attempts.length, retryAfterMs));
  const next: Generation = {
    ...generation,
    attempts,
    state: 'queued',
    seq: generation.seq + 1,
    notBefore,
    nextActionAt: notBefore,
  };
  delete next.submittedAt;
  delete next.renderedAt;
  return { ok: true, next, event: generationEvent('generation.retried', next, now) };
}

function mayRetry(generation: Generation, attempts: readonly Attempt[], error: GenerationError, now: Date): boolean {
  if (!errorRule(error.code).retry || attempts.length >= MAX_ALL_ATTEMPTS) return false;
  const last = attempts.at(-1);
  if (last && costNothing(last)) {
    const { startedAt } = attempts.find(costNothing) ?? last;
    return now.getTime() - startedAt.getTime() < MAX_QUEUE_MS;
  }
  if (attempts.filter((attempt) => !costNothing(attempt)).length >= MAX_ATTEMPTS) return false;
  const { wasteUsdMicros, possibleWasteUsdMicros } = costOf({ ...generation, attempts: [...attempts], endedAt: now });
  if (wasteUsdMicros + possibleWasteUsdMicros >= MAX_WASTE_TIMES * fullCostUsdMicros(generation)) return false;
  if (error.code !== 'submit_uncertain') return true;
  return attempts.filter((a) => a.error?.code === 'submit_uncertain').length < MAX_UNCERTAIN_ATTEMPTS;
}

/** True for an attempt that the provider turned away for reasons of its own: nothing ran, nothing is charged. */
export function costNothing({ acceptedAt, uncertain, error }: Attempt): boolean {
  const turnedAway = error?.code === 'provider_quota' || error?.code === 'provider_unavailable';
  return turnedAway && !acceptedAt && !uncertain;
}

/** Ends an open generation as failed, wherever it is; what a provider may have under way is booked as possible cost. */
export function endForGood(generation: Generation, error: GenerationError, now: Date): Decision {
  const attempt = currentAttempt(generation);
  if (!attempt || attempt.endedAt) return end(generation, 'failed', error, now);
  const possibleCostUsdMicros = possibleCostOf(generation, error.code);
  const attempts = withCurrent(generation, { endedAt: now, error, possibleCostUsdMicros });
  return end({ ...generation, attempts }, 'failed', error, now);
}

/** Puts the generation into a terminal state. */
export function end(
  generation: Generation,
  state: 'succeeded' | 'failed' | 'blocked' | 'cancelled' | 'expired',
  error: GenerationError | undefined,
  now: Date,
): Decision {
  const next: Generation = { ...generation, state, seq: generation.seq + 1, endedAt: now, ...(error && { error }) };
  delete next.nextActionAt;
  delete next.rendered;
  return { ok: true, next, event: generationEvent(`generation.${state}`, next, now) };
}

import { generationEvent } from '../../events/generation.ts';
import { type Command, type Decision, refused } from '../decision.ts';
import { type Generation, isTerminal } from '../state.ts';
import { end, endForGood } from './attempt.ts';

/** What admission knows about a new generation. */
export type Admitted = Pick<
  Generation,
  | 'id'
  | 'uid'
  | 'shard'
  | 'asked'
  | 'requestHash'
  | 'creditsPerVideo'
  | 'costUsdMicrosPerVideo'
  | 'lookupKeys'
  | 'expectedRenderMs'
  | 'replayOf'
>;

/** The first state of a generation. */
export function admit(admitted: Admitted, now: Date): Decision & { ok: true } {
  const next: Generation = {
    ...admitted,
    state: 'queued',
    seq: 1,
    epoch: 1,
    nextActionAt: now,
    attempts: [],
    requestedAt: now,
    videosBlocked: 0,
    outputs: [],
    listed: true,
  };
  return { ok: true, next, event: generationEvent('generation.requested', next, now) };
}

/**
 * The user wants it stopped. In the queue it ends at once; once a provider may have the job, the wish is noted and no
 * further attempt is made.
 */
export const cancel: Command = (generation, now) => {
  if (isTerminal(generation.state)) return refused('wrong_state');
  if (generation.state === 'queued') return end({ ...generation, cancelRequestedAt: now }, 'cancelled', undefined, now);
  if (generation.cancelRequestedAt) return refused('already_requested');
  return { ok: true, next: { ...generation, cancelRequestedAt: now } };
};

/** The user's rating, 1 to 5 stars; only a succeeded generation has one, and it may change. */
export function rate(stars: number): Command {
  return (generation, now) => {
    if (!isTerminal(generation.state)) return refused('not_ended');
    if (generation.state !== 'succeeded' || generation.deletedAt) return refused('wrong_state');
    if (generation.rating?.stars === stars) return refused('unchanged');
    const next: Generation = { ...generation, seq: generation.seq + 1, rating: { stars, ratedAt: now } };
    const from = generation.rating?.stars;
    return { ok: true, next, event: generationEvent('generation.rated', next, now, { from: from ?? null, to: stars }) };
  };
}

/** A generation taken over once may only have waited in a long queue: the next time comes later and later. */
const SWEEP_MS = 60_000;
const MAX_SWEEP_MS = 30 * 60_000;

/** Takeovers of one generation: together they take about 18 h of a system that runs and fails. */
const MAX_EPOCHS = 40;

/**
 * The sweeper found the generation overdue: earlier tasks lose their say and a new one is made. One whose steps keep failing
 * ends, so that nobody's credits are held for ever.
 */
export function takeOver(overdueSince: Date): Command {
  return (generation, now) => {
    const dueAt = generation.nextActionAt;
    if (!dueAt || dueAt > overdueSince) return refused('unchanged');
    if (generation.epoch >= MAX_EPOCHS) return endForGood(generation, { code: 'steps_exhausted' }, now);
    const waitMs = Math.min(MAX_SWEEP_MS, SWEEP_MS * 2 ** (generation.epoch - 1));
    const nextActionAt = new Date(now.getTime() + waitMs);
    return { ok: true, next: { ...generation, epoch: generation.epoch + 1, nextActionAt } };
  };
}

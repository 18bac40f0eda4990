import { costOf } from './cost.ts';
import { errorRule, type Outcome } from './outcome.ts';
import { chargedCredits } from './settlement.ts';
import { currentAttempt, type Generation, isTerminal } from './state.ts';

/** The source of what this system made itself; nobody else may report as it. */
export const OWN_SOURCE = 'dailies';

/**
 * The measured facts of one generation. Times are whole milliseconds and absent where the phase was never reached.
 * `queueMs`: asked for → taken by the provider. `renderMs`: taken → seen finished, at most `renderUncertaintyMs` late.
 * `storeMs`: seen finished → in our storage. `totalMs`: asked for → ended.
 */
export interface GenerationMetrics {
  /** Which system made it. */
  source: string;
  generationId: string;
  uid: string;
  seq: number;
  model: string;
  provider: string;
  kind: string;
  style?: string;
  outcome: Outcome | null;
  errorCode?: string;
  fault?: string;
  requestedAt: Date;
  endedAt?: Date;
  queueMs?: number;
  renderMs?: number;
  renderUncertaintyMs?: number;
  storeMs?: number;
  totalMs?: number;
  attempts: number;
  polls: number;
  videosAsked: number;
  videosDelivered: number;
  videosBlocked: number;
  /** Seconds of video delivered. */
  videoSec: number;
  /** The provider's list price of what it rendered, in every attempt, delivered or not: an estimate, not an invoice. */
  costUsdMicros: number;
  /** The part of it that the user did not receive. */
  wasteUsdMicros: number;
  /** What may have been rendered, and charged, unseen. */
  possibleWasteUsdMicros: number;
  costIsEstimate: true;
  /** What the user paid, once it has ended. */
  chargedCredits?: number;
  ratingStars?: number;
  /** Of the videos, 0 to 1,000, as `scorer` gave it. */
  qualityThousandths?: number;
  scorer?: string;
}

/** Measures a generation in any state. Pure: nothing is taken from the clock. */
export function measure(generation: Generation): GenerationMetrics {
  const { asked, requestedAt, submittedAt, renderedAt, endedAt, state, error } = generation;
  const attempt = currentAttempt(generation);
  const delivered = generation.outputs.length;
  const between = (from?: Date, to?: Date) => (from && to ? to.getTime() - from.getTime() : undefined);
  return withoutUndefined({
    source: OWN_SOURCE,
    generationId: generation.id,
    uid: generation.uid,
    seq: generation.seq,
    model: asked.model,
    provider: asked.provider,
    kind: asked.kind,
    style: asked.style,
    outcome: isTerminal(state) ? state : null,
    errorCode: error?.code,
    fault: error && errorRule(error.code).fault,
    requestedAt,
    endedAt,
    queueMs: between(requestedAt, submittedAt),
    renderMs: between(submittedAt, renderedAt),
    renderUncertaintyMs: submittedAt && between(attempt?.lastPolledAt ?? submittedAt, renderedAt),
    storeMs: state === 'succeeded' ? between(renderedAt, endedAt) : undefined,
    totalMs: between(requestedAt, endedAt),
    attempts: generation.attempts.length,
    polls: generation.attempts.reduce((sum, a) => sum + a.polls, 0),
    videosAsked: asked.videos,
    videosDelivered: delivered,
    videosBlocked: generation.videosBlocked,
    videoSec: delivered * asked.durationSec,
    ...costOf(generation),
    costIsEstimate: true as const,
    chargedCredits: isTerminal(state) ? chargedCredits(generation) : undefined,
    ratingStars: generation.rating?.stars,
    qualityThousandths: generation.quality?.thousandths,
    scorer: generation.quality?.scorer,
  });
}

type Defined<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

function withoutUndefined<T extends object>(value: T): Defined<T> {
  return Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as Defined<T>;
}

import { userKeyOf } from '../events/draft.ts';
import type { GenerationMetrics } from '../generation/measure.ts';
import type { ReportedMetrics } from '../ingest/metrics.ts';
import { type Column, isoOf, scaled } from './value.ts';

/** The measured facts of one generation, of ours or reported. */
export type MeasuredFacts = GenerationMetrics | ReportedMetrics;

/** Nobody knows yet what a reported generation came to that has not ended; its document has zeros there. */
const known = (of: MeasuredFacts, value: number) => ('reported' in of && of.outcome === null ? undefined : value);

/** A cost that nobody told stands as 0, too. */
const costOf = (of: MeasuredFacts, micros: number) =>
  'costSource' in of && of.costSource === 'missing' ? undefined : scaled(known(of, micros), 1e6);

/** One row a generation. Costs are of all attempts; `quality` is 0 to 1; `userKey` stands for the user. */
export const GENERATION_COLUMNS: readonly Column<MeasuredFacts>[] = [
  ['generationId', (of) => of.generationId],
  ['source', (of) => of.source],
  ['reported', (of) => 'reported' in of],
  ['requestedAt', (of) => isoOf(of.requestedAt)],
  ['endedAt', (of) => isoOf(of.endedAt)],
  ['provider', (of) => of.provider],
  ['model', (of) => of.model],
  ['kind', (of) => of.kind],
  ['style', (of) => of.style],
  ['outcome', (of) => of.outcome],
  ['errorCode', (of) => of.errorCode],
  ['fault', (of) => of.fault],
  ['userKey', (of) => ('reported' in of ? of.userKey || undefined : userKeyOf(of.uid))],
  ['queueMs', (of) => of.queueMs],
  ['renderMs', (of) => of.renderMs],
  ['renderUncertaintyMs', (of) => of.renderUncertaintyMs],
  ['storeMs', (of) => of.storeMs],
  ['totalMs', (of) => of.totalMs],
  ['attempts', (of) => known(of, of.attempts)],
  ['videosAsked', (of) => of.videosAsked],
  ['videosDelivered', (of) => known(of, of.videosDelivered)],
  ['videosBlocked', (of) => known(of, of.videosBlocked)],
  ['videoSec', (of) => known(of, of.videoSec)],
  ['costUsd', (of) => costOf(of, of.costUsdMicros)],
  ['costIsEstimate', (of) => (costOf(of, of.costUsdMicros) === undefined ? undefined : of.costIsEstimate)],
  ['wasteUsd', (of) => costOf(of, of.wasteUsdMicros)],
  ['possibleWasteUsd', (of) => costOf(of, of.possibleWasteUsdMicros)],
  ['chargedCredits', (of) => of.chargedCredits],
  ['ratingStars', (of) => of.ratingStars],
  ['quality', (of) => scaled(of.qualityThousandths, 1_000)],
];

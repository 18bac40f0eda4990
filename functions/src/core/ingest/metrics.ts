import { userKeyOf } from '../events/draft.ts';
import type { GenerationMetrics } from '../generation/measure.ts';
import { canonicalJson, sha256 } from '../hash.ts';
import { type PricePolicy, priceOf } from '../pricing/price.ts';
import { shardOf } from '../shard.ts';
import { boundedCellKey, type KnownModels } from './cell.ts';
import { type End, endOf } from './end.ts';
import { refusalFor, timeProblem } from './fields.ts';
import type { GenerationReport } from './report.ts';

/** Where the cost of a reported generation is from; `missing`: it stands as 0 and nobody knows. */
export type CostSource = 'reported' | 'list_price' | 'missing';

/** The measured facts of a generation that another system made: as those of our own, without its user's id. */
export interface ReportedMetrics extends Omit<GenerationMetrics, 'uid' | 'costIsEstimate'> {
  id: string;
  shard: number;
  reported: true;
  /** Of what was reported at first, to know it again. */
  reportHash: string;
  /** Stands for the user; empty where none was named. */
  userKey: string;
  cellKey: string;
  costSource?: CostSource;
  costIsEstimate: boolean;
}

/** What a report is completed with. */
export interface IngestContext {
  now: Date;
  known: KnownModels;
  prices: PricePolicy;
}

/** The id of a reported generation: no random id of our own is that long. */
export function reportedGenerationId(source: string, callersId: string): string {
  return sha256('generation', source, callersId).slice(0, 40);
}

/** The document that a report makes. Throws AppError `invalid_request` with everything that cannot be. */
export function metricsOfReport(report: GenerationReport, context: IngestContext): ReportedMetrics {
  const { source, id: callersId, userId, provider, model, kind, style, videosAsked = 1, ...rest } = report;
  const requestedAt = new Date(rest.requestedAt);
  const problem = timeProblem('requestedAt', requestedAt, context.now);
  if (problem) throw refusalFor([problem]);
  const { requestedAt: _requestedAt, endedAt, ...told } = rest;
  const toldEnd = { ...told, endedAt: endedAt === undefined ? undefined : new Date(endedAt) };
  const end = endOf({ source, requestedAt, videosAsked }, toldEnd, context.now);
  const id = reportedGenerationId(source, callersId);
  return {
    ...{ id, generationId: id, shard: shardOf(id), source, reported: true, reportHash: sha256(canonicalJson(report)) },
    userKey: userId === undefined ? '' : userKeyOf(userId),
    cellKey: boundedCellKey({ provider, model, kind }, context.known),
    ...{ seq: 1, provider, model, kind, ...(style && { style }), requestedAt, polls: 0, videosAsked },
    ...NOT_ENDED,
    ...(end && { ...end, chargedCredits: 0, ...costOf({ model, ...told }, end, context) }),
  };
}

const NOT_ENDED = {
  outcome: null,
  attempts: 0,
  ...{ videosDelivered: 0, videosBlocked: 0, videoSec: 0 },
  ...{ costUsdMicros: 0, wasteUsdMicros: 0, possibleWasteUsdMicros: 0, costIsEstimate: false },
} as const;

/** What its cost is known by. */
type Priced = { model: string } & Pick<GenerationReport, 'costUsd' | 'resolution' | 'audio'>;
type CostFacts = Pick<ReportedMetrics, 'costUsdMicros' | 'wasteUsdMicros' | 'costSource' | 'costIsEstimate'>;

/**
 * The cost as it was told, or else the list price of the seconds delivered on the day it ended. The whole cost of what
 * delivered nothing is waste; by list, that is nothing, since providers charge for videos.
 */
export function costOf(
  told: Priced,
  end: Pick<End, 'endedAt' | 'videoSec' | 'videosDelivered'>,
  context: IngestContext,
): CostFacts {
  const { model, costUsd, resolution = '720p', audio = true } = told;
  if (costUsd !== undefined) return costFacts(Math.round(costUsd * 1e6), 'reported', end);
  if (end.videosDelivered === 0) return costFacts(0, 'list_price', end);
  const work = { model, resolution, audio, durationSec: end.videoSec };
  const price = priceOf(work, end.endedAt.toISOString().slice(0, 10), context.prices);
  return price ? costFacts(price.costUsdMicrosPerVideo, 'list_price', end) : costFacts(0, 'missing', end);
}

/** The cost with what follows from it. */
export function costFacts(costUsdMicros: number, costSource: CostSource, end: Pick<End, 'videosDelivered'>): CostFacts {
  const wasteUsdMicros = end.videosDelivered === 0 ? costUsdMicros : 0;
  return { costUsdMicros, wasteUsdMicros, costSource, costIsEstimate: costSource === 'list_price' };
}

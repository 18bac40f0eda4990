import { AppError } from '../errors.ts';
import type { EventDraft } from '../events/draft.ts';
import { CORRECTED } from '../events/schema.ts';
import { type End, endOf, type ToldEnd } from './end.ts';
import { endEvent, laterEvent } from './events.ts';
import { costFacts, costOf, type IngestContext, type ReportedMetrics } from './metrics.ts';
import type { GenerationChange } from './report.ts';

/** What is told at the end and stays. */
const FINAL = ['outcome', 'endedAt', 'errorCode', 'attempts', 'videosBlocked'] as const;

/** What a change comes to. */
export interface Changed {
  next: ReportedMetrics;
  events: EventDraft[];
}

/**
 * What is told later of a reported generation: its end, or after the end a correction, a rating or a score. Undefined when it
 * was known already. Throws AppError `invalid_request` for what contradicts itself, `conflict` for what cannot change.
 */
export function changeReported(
  stored: ReportedMetrics,
  change: GenerationChange,
  context: IngestContext,
): Changed | undefined {
  const { endedAt, ...rest } = change;
  const told: ToldEnd = { ...rest, ...(endedAt !== undefined && { endedAt: new Date(endedAt) }) };
  const before = toldBefore(stored);
  // A score belongs to whoever gave this one.
  if (told.quality !== undefined) delete before.scorer;
  const end = endOf(stored, { ...before, ...told }, context.now);
  if (!end) return undefined;
  const next: ReportedMetrics = { ...stored, ...end, chargedCredits: 0, ...costAfter(stored, change, end, context) };
  if (!stored.outcome) {
    const ended = { ...next, seq: stored.seq + 1 };
    return { next: ended, events: [endEvent(ended)] };
  }
  assertFinal(stored, end);
  return afterwards(stored, { ...next, seq: stored.seq + 1 }, end, context.now);
}

/** What is stored, in the form in which it is told. */
function toldBefore(stored: ReportedMetrics): ToldEnd {
  if (!stored.outcome) return {};
  const { outcome, endedAt, errorCode, queueMs, renderMs, storeMs, totalMs, attempts } = stored;
  const { videosDelivered, videosBlocked, videoSec, qualityThousandths, scorer, ratingStars } = stored;
  return {
    ...{ outcome, endedAt, queueMs, renderMs, storeMs, totalMs, attempts, videosDelivered, videosBlocked, videoSec },
    ...(errorCode !== undefined && { errorCode: errorCode as End['errorCode'] }),
    ...(qualityThousandths !== undefined && { quality: qualityThousandths / 1_000, scorer }),
    ...(ratingStars !== undefined && { rating: ratingStars }),
  };
}

/** A cost once known stays until another is told; one by list goes with the seconds. */
function costAfter(stored: ReportedMetrics, change: GenerationChange, end: End, context: IngestContext) {
  const { costUsdMicros, costSource } = stored;
  const byList = change.costUsd === undefined && costSource !== 'reported';
  const isNew = !costSource || change.costUsd !== undefined || (byList && end.videoSec !== stored.videoSec);
  if (isNew) return costOf({ model: stored.model, ...change }, end, context);
  return costFacts(costUsdMicros, costSource, end);
}

function assertFinal(stored: ReportedMetrics, end: End): void {
  const changed = FINAL.filter((name) => String(stored[name]) !== String(end[name]));
  if (changed.length === 0) return;
  throw new AppError('conflict', `The generation has ended: ${changed.join(', ')} cannot change.`);
}

function afterwards(stored: ReportedMetrics, next: ReportedMetrics, { endedAt }: End, now: Date): Changed | undefined {
  const events: EventDraft[] = [];
  const subject = { ...next, endedAt };
  const changes = CORRECTED.flatMap((measure) => {
    const [from, to] = [stored[measure], next[measure]];
    return from === to || to === undefined ? [] : [{ measure, from: from ?? null, to }];
  });
  if (changes.length > 0) {
    const rating = stored.ratingStars !== undefined && { ratingStars: stored.ratingStars };
    events.push(laterEvent('generation.corrected', subject, now, { changes, ...rating }));
  }
  const { ratingStars, qualityThousandths, scorer, videoSec } = next;
  if (ratingStars !== stored.ratingStars) {
    const told = { from: stored.ratingStars ?? null, to: ratingStars, videoSec };
    events.push(laterEvent('generation.rated', subject, now, told));
  }
  if (qualityThousandths !== stored.qualityThousandths || scorer !== stored.scorer) {
    const told = { scorer, from: stored.qualityThousandths ?? null, to: qualityThousandths };
    events.push(laterEvent('generation.scored', subject, now, told));
  }
  const costKnown = next.costSource !== stored.costSource;
  return events.length > 0 || costKnown ? { next, events } : undefined;
}

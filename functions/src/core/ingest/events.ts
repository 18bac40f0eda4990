import { type EventDraft, eventShard, reportedEventId } from '../events/draft.ts';
import type { EventType } from '../events/schema.ts';
import { EVENT_BODIES } from '../events/schema.ts';
import type { End } from './end.ts';
import type { ReportedMetrics } from './metrics.ts';

/**
 * The one event of a new report: that it was asked for; or how it ended, which then tells the arrival as well.
 * @throws Error for a document that no report makes.
 */
export function firstEvent(metrics: ReportedMetrics): EventDraft {
  if (metrics.outcome) return endEvent(metrics, { requestedAt: metrics.requestedAt });
  const body = { ...subjectOf(metrics), videosAsked: metrics.videosAsked, priceUsdMicros: 0 };
  return draftOf('generation.requested', metrics, metrics.requestedAt, body);
}

/** The event of an end; `arrival` where no other event has told that. */
export function endEvent(metrics: ReportedMetrics, arrival: { requestedAt?: Date } = {}): EventDraft {
  const { outcome, endedAt, errorCode, fault, ratingStars, qualityThousandths } = metrics;
  if (!outcome || !endedAt) throw new Error(`generation ${metrics.id} has not ended`);
  const body = {
    ...subjectOf(metrics),
    ...phasesOf(metrics),
    attempts: metrics.attempts,
    totalMs: metrics.totalMs,
    costUsdMicros: metrics.costUsdMicros,
    wasteUsdMicros: metrics.wasteUsdMicros,
    possibleWasteUsdMicros: 0,
    chargedCredits: 0,
    videosDelivered: metrics.videosDelivered,
    videosBlocked: metrics.videosBlocked,
    videoSec: metrics.videoSec,
    ...(errorCode !== undefined && { errorCode, fault }),
    ...arrival,
    ...(ratingStars !== undefined && { ratingStars }),
    ...(qualityThousandths !== undefined && { qualityThousandths }),
  };
  return draftOf(`generation.${outcome}`, metrics, endedAt, body);
}

/** An event about what became known after the end; `told` is its body without the subject. */
export function laterEvent(
  type: 'generation.rated' | 'generation.scored' | 'generation.corrected',
  metrics: ReportedMetrics & Pick<End, 'endedAt'>,
  occurredAt: Date,
  told: object,
): EventDraft {
  return draftOf(type, metrics, occurredAt, { ...subjectOf(metrics), endedAt: metrics.endedAt, ...told });
}

/** Throws ZodError when the body is not one of its type: that would be a fault of this system. */
function draftOf(type: EventType, metrics: ReportedMetrics, occurredAt: Date, body: object): EventDraft {
  const { source, id: generationId, seq, cellKey, userKey } = metrics;
  const id = reportedEventId(source, `${generationId}.${seq}.${type}`);
  return { id, type, occurredAt, shard: eventShard(id), cellKey, userKey, body: EVENT_BODIES[type].parse(body) };
}

function subjectOf({ id, provider, model, kind, style }: ReportedMetrics) {
  return { generationId: id, provider, model, kind, ...(style !== undefined && { style }) };
}

function phasesOf({ queueMs, renderMs, storeMs }: ReportedMetrics) {
  return {
    ...(queueMs !== undefined && { queueMs }),
    ...(renderMs !== undefined && { renderMs }),
    ...(storeMs !== undefined && { storeMs }),
  };
}

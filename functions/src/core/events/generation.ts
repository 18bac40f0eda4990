import { CREDIT_USD_MICROS } from '../credit/ledger.ts';
import { measure } from '../generation/measure.ts';
import { errorRule } from '../generation/outcome.ts';
import { heldCredits } from '../generation/settlement.ts';
import { currentAttempt, type Generation } from '../generation/state.ts';
import { cellKeyOf, type EventDraft, eventShard, ownEventId, userKeyOf } from './draft.ts';
import { CORRECTED, type EventBody, type EventType } from './schema.ts';

type OwnEventType =
  | 'generation.requested'
  | 'generation.submitted'
  | 'generation.retried'
  | 'generation.succeeded'
  | 'generation.failed'
  | 'generation.blocked'
  | 'generation.cancelled'
  | 'generation.expired'
  | 'generation.rated';

/** A rating replaced by another; null before the first. */
interface Rating {
  from: number | null;
  to: number;
}

/** What a correction changes: measures of a generation that had ended, as they were told and as they are. */
export function correctionEvent(before: Generation, corrected: Generation, occurredAt: Date): EventDraft {
  const [was, is] = [measure(before), measure(corrected)];
  const changes = CORRECTED.flatMap((name) => {
    const [from, to] = [was[name], is[name]];
    return from === to ? [] : [{ measure: name, from: from ?? null, to: to ?? 0 }];
  });
  if (!corrected.endedAt) throw new Error('a correction belongs to a generation that has ended');
  const ratingStars = corrected.rating?.stars;
  const body = {
    ...subjectOf(corrected),
    endedAt: corrected.endedAt,
    changes,
    ...(ratingStars !== undefined && { ratingStars }),
  };
  return draftOf('generation.corrected', corrected, occurredAt, body);
}

/** What a scorer says of the videos, 0 to 1,000; null before the first score. */
export function scoredEvent(
  generation: Generation,
  occurredAt: Date,
  score: { scorer: string; from: number | null; to: number },
): EventDraft {
  if (!generation.endedAt) throw new Error('a score belongs to a generation that has ended');
  const body = { ...subjectOf(generation), endedAt: generation.endedAt, ...score };
  return draftOf('generation.scored', generation, occurredAt, body);
}

/** The event of a transition that has just led to `generation`, at the time of the transition. */
export function generationEvent(
  type: OwnEventType,
  generation: Generation,
  occurredAt: Date,
  rating?: Rating,
): EventDraft {
  return draftOf(type, generation, occurredAt, bodyOf(type, generation, occurredAt, rating));
}

function draftOf(type: EventType, generation: Generation, occurredAt: Date, body: EventDraft['body']): EventDraft {
  const id = ownEventId(generation.id, generation.seq, type);
  return {
    id,
    type,
    occurredAt,
    shard: eventShard(id),
    cellKey: cellKeyOf(generation.asked),
    userKey: userKeyOf(generation.uid),
    body,
  };
}

function subjectOf({ id, asked }: Generation) {
  const { provider, model, kind, style } = asked;
  return { generationId: id, provider, model, kind, ...(style && { style }) };
}

function bodyOf(type: OwnEventType, generation: Generation, occurredAt: Date, rating?: Rating): EventDraft['body'] {
  const { asked } = generation;
  const subject = subjectOf(generation);
  switch (type) {
    case 'generation.requested':
      return { ...subject, videosAsked: asked.videos, priceUsdMicros: heldCredits(generation) * CREDIT_USD_MICROS };
    case 'generation.submitted':
      return {
        ...subject,
        attempt: generation.attempts.length,
        queueMs: occurredAt.getTime() - generation.requestedAt.getTime(),
      };
    case 'generation.retried':
      return { ...subject, attempt: generation.attempts.length, errorCode: errorCodeOf(generation) };
    case 'generation.succeeded':
    case 'generation.cancelled':
      return { ...subject, ...endedMeasures(generation) };
    case 'generation.failed':
    case 'generation.blocked':
    case 'generation.expired': {
      const errorCode = errorCodeOf(generation);
      return { ...subject, ...endedMeasures(generation), errorCode, fault: errorRule(errorCode).fault };
    }
    case 'generation.rated':
      if (!rating || !generation.endedAt) throw new Error('a rating belongs to a generation that has ended');
      return { ...subject, endedAt: generation.endedAt, ...rating, videoSec: measure(generation).videoSec };
  }
}

function errorCodeOf(generation: Generation) {
  const code = generation.error?.code ?? currentAttempt(generation)?.error?.code;
  if (!code) throw new Error(`generation ${generation.id} ended without an error code in state ${generation.state}`);
  return code;
}

function endedMeasures(
  generation: Generation,
): Omit<EventBody<'generation.succeeded'>, 'generationId' | 'provider' | 'model' | 'kind' | 'style'> {
  const m = measure(generation);
  return {
    attempts: m.attempts,
    ...(m.queueMs !== undefined && { queueMs: m.queueMs }),
    ...(m.renderMs !== undefined && { renderMs: m.renderMs }),
    ...(m.storeMs !== undefined && { storeMs: m.storeMs }),
    totalMs: m.totalMs ?? 0,
    costUsdMicros: m.costUsdMicros,
    wasteUsdMicros: m.wasteUsdMicros,
    possibleWasteUsdMicros: m.possibleWasteUsdMicros,
    chargedCredits: m.chargedCredits ?? 0,
    videosDelivered: m.videosDelivered,
    videosBlocked: m.videosBlocked,
    videoSec: m.videoSec,
  };
}

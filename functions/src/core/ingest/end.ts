import { type ErrorCode, errorRule, type Fault, type Outcome, outcomeOf } from '../generation/outcome.ts';
import type { Problem } from '../generation/request.ts';
import { refusalFor, timeProblem } from './fields.ts';
import type { GenerationChange } from './report.ts';

/** What is known of a generation that has ended, but for its cost. Times in whole ms. */
export interface End {
  outcome: Outcome;
  endedAt: Date;
  errorCode?: ErrorCode;
  fault?: Fault;
  queueMs?: number;
  renderMs?: number;
  storeMs?: number;
  totalMs: number;
  attempts: number;
  videosDelivered: number;
  videosBlocked: number;
  videoSec: number;
  qualityThousandths?: number;
  scorer?: string;
  ratingStars?: number;
}

/** The same as it is told: times as Dates. */
export type ToldEnd = Omit<GenerationChange, 'endedAt'> & { endedAt?: Date | undefined };

/** What a generation was when it was asked for. */
interface Asked {
  source: string;
  requestedAt: Date;
  videosAsked: number;
}

/** What may be told before the end. */
const OF_THE_REQUEST = ['resolution', 'audio'];

/** Times may differ by as much as clocks and timestamps of whole seconds do: two seconds, or 1 % of the whole. */
const toleranceMs = (totalMs: number) => Math.max(2_000, totalMs / 100);

/**
 * Completes and checks what is told of an end; undefined when nothing is, since it has not ended. Throws AppError
 * `invalid_request` with every contradiction.
 */
export function endOf(asked: Asked, told: ToldEnd, now: Date): End | undefined {
  const { outcome, endedAt } = told;
  if (!outcome || !endedAt) {
    const first = Object.entries(told).find(([name, value]) => value !== undefined && !OF_THE_REQUEST.includes(name));
    if (!first) return undefined;
    throw refusalFor([{ path: first[0], message: 'needs outcome and endedAt: it is known of what has ended' }]);
  }
  const { queueMs, renderMs, storeMs, rating, quality } = told;
  const succeeded = outcome === 'succeeded';
  const errorCode = told.errorCode ?? defaultErrorCode(outcome);
  const end: End = {
    ...{ outcome, endedAt },
    ...(errorCode && { errorCode, fault: errorRule(errorCode).fault }),
    ...(queueMs !== undefined && { queueMs }),
    ...(renderMs !== undefined && { renderMs }),
    ...(storeMs !== undefined && { storeMs }),
    totalMs: told.totalMs ?? endedAt.getTime() - asked.requestedAt.getTime(),
    attempts: told.attempts ?? 1,
    videosDelivered: told.videosDelivered ?? (succeeded ? asked.videosAsked : 0),
    videosBlocked: told.videosBlocked ?? 0,
    videoSec: Math.round(told.videoSec ?? 0),
    ...(quality !== undefined && {
      qualityThousandths: Math.round(quality * 1_000),
      scorer: told.scorer ?? asked.source,
    }),
    ...(rating !== undefined && { ratingStars: rating }),
  };
  const problems = [...timeProblems(asked, end, now), ...outcomeProblems(asked, told, end)];
  if (problems.length > 0) throw refusalFor(problems);
  return end;
}

function defaultErrorCode(outcome: Outcome): ErrorCode | undefined {
  if (outcome === 'blocked') return 'content_blocked';
  if (outcome === 'expired') return 'deadline_exceeded';
  return outcome === 'failed' ? 'unspecified' : undefined;
}

function timeProblems({ requestedAt }: Asked, end: End, now: Date): Problem[] {
  const { endedAt, queueMs = 0, renderMs = 0, storeMs = 0, totalMs } = end;
  const spanMs = endedAt.getTime() - requestedAt.getTime();
  if (spanMs < 0) return [{ path: 'endedAt', message: 'is before requestedAt' }];
  const problems = [timeProblem('endedAt', endedAt, now)].filter((problem) => problem !== undefined);
  if (spanMs > 31 * 86_400_000) problems.push({ path: 'endedAt', message: 'is over 31 days after requestedAt' });
  const tolerance = 'by more than 2 s and 1 %';
  if (Math.abs(totalMs - spanMs) > toleranceMs(spanMs)) {
    problems.push({ path: 'totalMs', message: `differs from endedAt − requestedAt, ${spanMs} ms, ${tolerance}` });
  }
  const phasesMs = queueMs + renderMs + storeMs;
  if (phasesMs - totalMs > toleranceMs(totalMs)) {
    problems.push({
      path: 'totalMs',
      message: `is less than queueMs + renderMs + storeMs, ${phasesMs} ms, ${tolerance}`,
    });
  }
  return problems;
}

function outcomeProblems({ videosAsked }: Asked, told: ToldEnd, end: End): Problem[] {
  const { outcome, errorCode, videosDelivered, videosBlocked } = end;
  const succeeded = outcome === 'succeeded';
  const problems: Problem[] = [];
  const refuse = (path: string, message: string) => problems.push({ path, message });
  if (errorCode && (succeeded || outcome === 'cancelled')) refuse('errorCode', `not of one that ${outcome}`);
  else if (errorCode && outcomeOf(errorCode) !== outcome)
    refuse('errorCode', `${errorCode} means ${outcomeOf(errorCode)}`);
  if (succeeded && videosDelivered === 0) refuse('videosDelivered', 'what delivered no video has not succeeded');
  if (!succeeded && videosDelivered > 0) refuse('videosDelivered', `not of one that is ${outcome}`);
  if (videosDelivered + videosBlocked > videosAsked) refuse('videosAsked', 'is less than were delivered and blocked');
  if (videosDelivered > 0 && told.videoSec === undefined) refuse('videoSec', 'is needed where a video was delivered');
  if (videosDelivered === 0 && end.videoSec > 0) refuse('videoSec', 'no video was delivered');
  for (const name of ['quality', 'rating'] as const) {
    if (!succeeded && told[name] !== undefined) refuse(name, 'only of one that succeeded');
  }
  if (told.scorer !== undefined && told.quality === undefined) refuse('scorer', 'only with quality');
  return problems;
}

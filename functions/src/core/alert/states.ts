import type { Draft } from './draft.ts';
import type { Episode, EpisodeState, ReasonCode } from './episode.ts';
import { beginEscalation, endEscalation } from './escalation.ts';
import type { Observation } from './observation.ts';
import type { Rule, Severity } from './rule.ts';
import { lengthText, momentText } from './sentence.ts';
import { isWorse, worstOf } from './severity.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
/** Openings and raises within an hour from which an episode counts as flapping. */
const FLAPPING_AT = 3;
const MAX_OPENINGS = 20;
/** Steady for so long, a flapping episode is told of again. */
export const STEADY_MS = 30 * MINUTE_MS;
/** For so long after its end an episode is opened again instead of a new one. */
export const REOPENS_MS = 15 * MINUTE_MS;
/** For so much data an episode that was resolved by hand does not fire while its condition never clears. */
export const HELD_BACK_MS = 6 * HOUR_MS;

/** True while it is about something that is wrong now. */
export function isOpen({ state }: Episode): boolean {
  return state === 'firing' || state === 'acknowledged' || state === 'recovering';
}

/** The state of an open episode whose condition holds. */
export function holdingState({ acknowledgement }: Episode): EpisodeState {
  return acknowledgement ? 'acknowledged' : 'firing';
}

/** True where nobody is to be told. */
export function isSnoozed({ snoozedUntil }: Episode, now: Date): boolean {
  return snoozedUntil !== undefined && snoozedUntil > now;
}

/** It fires: for the first time or again. */
export function open(
  draft: Draft,
  rule: Rule,
  reason: ReasonCode,
  severity: Severity,
  observation: Observation,
  sentence: string,
): void {
  const { episode, progress } = draft;
  episode.state = 'firing';
  episode.severity = severity;
  if (!episode.firedAt) episode.peakSeverity = severity;
  episode.firedAt ??= new Date(observation.atMs);
  for (const field of ['recoveringSince', 'resolvedAt', 'endedAt', 'resolution', 'acknowledgement'] as const) {
    delete episode[field];
  }
  delete progress.holdsSince;
  delete progress.heldBackUntil;
  delete progress.belowCriticalSince;
  turn(draft, rule, reason, observation, sentence);
}

/** It opens or gets worse: a line, and who is to be told of it, unless that happens too often. */
export function turn(draft: Draft, rule: Rule, reason: ReasonCode, observation: Observation, sentence: string): void {
  const { episode, progress, now } = draft;
  episode.peakSeverity = worstOf(episode.severity, episode.peakSeverity);
  episode.openings = [...episode.openings, new Date(observation.atMs)].slice(-MAX_OPENINGS);
  progress.turnedAt = now;
  const quiet = isSnoozed(episode, now)
    ? ` Nobody is told: snoozed until ${momentText(episode.snoozedUntil ?? now)}.`
    : '';
  draft.line(reason, `${sentence}${quiet}`, { observation });
  const flapped = episode.flapping;
  episode.flapping ||= countsAsFlapping(episode, observation);
  if (episode.flapping && !flapped) {
    const often = episode.openings.filter((at) => at.getTime() > observation.atMs - HOUR_MS).length;
    const steady = lengthText(STEADY_MS);
    draft.line(
      'flapping',
      `It opened or got worse ${often} times within an hour: nothing more is told, unless it gets worse than ever told, until it has been steady for ${steady}. ${sentence}`,
      { observation },
    );
  }
  if (quiet) {
    episode.escalation = endEscalation(episode.escalation);
    return;
  }
  if (!flapped || isWorse(episode.severity, progress.told)) {
    draft.tell('trigger');
    episode.notifiedAt ??= now;
  }
  episode.escalation = episode.flapping ? endEscalation(episode.escalation) : beginEscalation(rule, episode, now);
}

function countsAsFlapping({ openings }: Episode, { atMs }: Observation): boolean {
  return openings.filter((at) => at.getTime() > atMs - HOUR_MS).length >= FLAPPING_AT;
}

/** It is over. */
export function end(draft: Draft, resolvedAt: Date, resolution: NonNullable<Episode['resolution']>): void {
  const { episode, progress, now } = draft;
  episode.state = 'resolved';
  episode.resolvedAt = resolvedAt;
  episode.endedAt = now;
  episode.resolution = resolution;
  episode.escalation = endEscalation(episode.escalation);
  delete episode.recoveringSince;
  delete episode.acknowledgement;
  delete progress.criticalSince;
  delete progress.belowCriticalSince;
  progress.turnedAt = now;
}

/** Tells of the latest line and begins the escalation anew, unless somebody has it or nobody is to be told. */
export function callAgain(rule: Rule | undefined, draft: Draft): void {
  const { episode, now } = draft;
  if (episode.acknowledgement || isSnoozed(episode, now)) return;
  draft.tell('trigger');
  episode.notifiedAt ??= now;
  if (rule && !episode.flapping) episode.escalation = beginEscalation(rule, episode, now);
}

import type { Change } from './change.ts';
import { Draft } from './draft.ts';
import type { Episode } from './episode.ts';
import type { Verdict } from './judge.ts';
import type { Observation } from './observation.ts';
import type { Rule } from './rule.ts';
import { lengthText, observed } from './sentence.ts';
import { severityHeld, trackSeverity } from './severityHeld.ts';
import { HELD_BACK_MS, open } from './states.ts';

const MINUTE_MS = 60_000;

/** One evaluation of an episode that is over but may be opened again. */
export function stepResolved(
  rule: Rule,
  episode: Episode,
  verdict: Verdict,
  observation: Observation,
  now: Date,
): Change | undefined {
  const heldBackUntil = episode.progress?.heldBackUntil;
  if (verdict.kind === 'ok') return cleared(episode, observation, now);
  if (heldBackUntil && observation.atMs < heldBackUntil.getTime()) return undefined;
  const draft = new Draft(episode, now);
  const { progress } = draft;
  draft.episode.lastObservation = observation;
  progress.holdsSince ??= new Date(heldBackUntil ? episode.beganAt : observation.atMs);
  trackSeverity(draft, verdict.severity, observation);
  if (observation.atMs - progress.holdsSince.getTime() < rule.forMin * MINUTE_MS) return draft.change();
  const severity = severityHeld(draft, rule, verdict.severity, observation, false);
  const since = heldBackUntil
    ? ` It was resolved by hand, but never cleared for ${lengthText(HELD_BACK_MS)} since.`
    : ' It had been over only shortly.';
  open(draft, rule, 'fired_again', severity, observation, `${observed(rule, observation, severity)}${since}`);
  return draft.change();
}

/** The condition does not hold. One that was resolved by hand is over for good with that. */
function cleared(episode: Episode, observation: Observation, now: Date): Change | undefined {
  const { heldBackUntil, holdsSince } = episode.progress ?? {};
  if (!heldBackUntil && !holdsSince) return undefined;
  const draft = new Draft(episode, now);
  draft.episode.lastObservation = observation;
  delete draft.progress.holdsSince;
  delete draft.progress.criticalSince;
  if (heldBackUntil) draft.episode.live = false;
  return draft.change();
}

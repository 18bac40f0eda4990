import type { Change } from './change.ts';
import { Draft } from './draft.ts';
import type { Episode } from './episode.ts';
import { beginEscalation, endEscalation } from './escalation.ts';
import { changeOf, type Verdict } from './judge.ts';
import type { Observation } from './observation.ts';
import type { Rule, Severity } from './rule.ts';
import { observed, whoever } from './sentence.ts';
import { isWorse } from './severity.ts';
import { severityHeld, trackSeverity } from './severityHeld.ts';
import { end, holdingState, isSnoozed, turn } from './states.ts';

const MINUTE_MS = 60_000;

/** One evaluation of an episode that fires, is acknowledged or recovers. */
export function stepOpen(
  rule: Rule,
  episode: Episode,
  verdict: Verdict,
  observation: Observation,
  now: Date,
): Change | undefined {
  const draft = new Draft(episode, now);
  draft.episode.lastObservation = observation;
  trackSeverity(draft, verdict.kind === 'ok' ? 'ok' : verdict.severity, observation);
  if (verdict.kind === 'ok') clear(draft, rule, verdict, observation);
  else hold(draft, rule, verdict.severity, observation);
  return draft.change();
}

/** The condition does not hold: it recovers, and is over when that has lasted. */
function clear(draft: Draft, rule: Rule, { hasData }: Verdict, observation: Observation): void {
  const { episode } = draft;
  const { keepFiringMin } = rule.recover;
  const begins = episode.recoveringSince === undefined;
  episode.recoveringSince ??= new Date(observation.atMs);
  episode.state = 'recovering';
  const sentence = `${observed(rule, observation, episode.severity)}${hasData ? '' : ' That counts as good.'}`;
  if (observation.atMs - episode.recoveringSince.getTime() >= keepFiringMin * MINUTE_MS) {
    const lasted = begins ? '' : ` It has been good for ${keepFiringMin} min.`;
    end(draft, new Date(observation.atMs), { by: 'auto' });
    draft.line('recovered', `${sentence}${lasted} It is over.`, { observation });
    if (!episode.flapping) draft.tellEnd();
  } else if (begins) {
    draft.line('condition_cleared', `${sentence} It is over when this has lasted for ${keepFiringMin} min.`, {
      observation,
    });
  }
}

/** The condition holds. */
function hold(draft: Draft, rule: Rule, seen: Severity, observation: Observation): void {
  const { episode } = draft;
  if (isFurther(rule, observation, episode.worst)) episode.worst = observation;
  const returned = episode.recoveringSince !== undefined;
  delete episode.recoveringSince;
  episode.state = holdingState(episode);
  const severity = severityHeld(draft, rule, seen, observation, true);
  if (isWorse(severity, episode.severity)) {
    raise(draft, rule, severity, observation);
    return;
  }
  if (returned) draft.line('condition_returned', observed(rule, observation, severity), { observation });
  if (severity !== episode.severity) lower(draft, rule, severity, observation);
}

/** It gets worse: whoever acknowledged it did not acknowledge that. */
function raise(draft: Draft, rule: Rule, severity: Severity, observation: Observation): void {
  const { episode, progress } = draft;
  const broken = episode.acknowledgement
    ? ` The acknowledgement by ${whoever(episode.acknowledgement.by)} was for ${episode.severity} and ends.`
    : '';
  episode.severity = severity;
  delete episode.acknowledgement;
  delete progress.belowCriticalSince;
  episode.state = 'firing';
  turn(
    draft,
    rule,
    'severity_raised',
    observation,
    `Now ${severity}: ${observed(rule, observation, severity)}${broken}`,
  );
}

/** It gets better, but is not good. Told to whoever knows of the worse. */
function lower(draft: Draft, rule: Rule, severity: Severity, observation: Observation): void {
  const { episode, progress, now } = draft;
  const { severity: before, acknowledgement, flapping } = episode;
  episode.severity = severity;
  delete progress.belowCriticalSince;
  const sentence = `No longer ${before} but ${severity}: ${observed(rule, observation, before)}`;
  draft.line('severity_lowered', sentence, { observation });
  if (progress.told !== undefined && !flapping && !acknowledgement && !isSnoozed(episode, now)) {
    draft.tell('update', progress.told);
    // What a warning does by default counts from when it is one: good news must not call anybody.
    if (!rule.escalation) episode.escalation = beginEscalation(rule, episode, now);
  }
  if (flapping) episode.escalation = endEscalation(episode.escalation);
}

/** True where the value is worse than the worst so far. */
function isFurther({ condition }: Rule, observation: Observation, worst: Observation | undefined): boolean {
  const reach = (seen: Observation) => {
    if (condition.type === 'change') return changeOf(condition, seen);
    if (condition.type === 'absence' || seen.value === undefined) return undefined;
    return condition.op.startsWith('>') ? seen.value : -seen.value;
  };
  const now = reach(observation);
  const before = worst && reach(worst);
  return now !== undefined && (before === undefined || now > before);
}

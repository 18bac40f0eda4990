import { canonicalJson, sha256 } from '../hash.ts';
import type { Change } from './change.ts';
import { Draft } from './draft.ts';
import type { Episode } from './episode.ts';
import { type Verdict, verdictOf } from './judge.ts';
import type { Group, Observation } from './observation.ts';
import type { Rule } from './rule.ts';
import { observed } from './sentence.ts';
import { severityHeld, trackSeverity } from './severityHeld.ts';
import { isOpen, open } from './states.ts';
import { stepOpen } from './stepOpen.ts';
import { stepResolved } from './stepResolved.ts';

const MINUTE_MS = 60_000;
/** What has not held long enough to fire is forgotten when the data say nothing of it for so long, whatever `noData` says. */
const WITHOUT_DATA_MS = 60 * MINUTE_MS;
/** What is left of an episode that never fired. */
const DROPPED: Change = { episode: undefined, timeline: [], effects: [] };

/**
 * One evaluation of a rule for a group whose live episode, if any, is `episode`. Undefined: nothing changed, and nothing is to be
 * written. `now` is the real time; the time of the data is the observation's. One that is not newer than the last changes nothing.
 */
export function step(
  rule: Rule,
  group: Group,
  episode: Episode | undefined,
  observation: Observation,
  now: Date,
): Change | undefined {
  if (episode && (!episode.live || observation.atMs <= (episode.lastObservation?.atMs ?? -Infinity))) return undefined;
  const verdict = verdictOf(rule, observation, episode && isOpen(episode) ? episode.severity : undefined);
  if (!episode) return verdict?.kind === 'breach' ? begin(rule, group, verdict, observation, now) : undefined;
  if (episode.state === 'pending') return stepPending(rule, episode, verdict, observation, now);
  if (episode.state === 'resolved') {
    const known = verdict ?? (isForgotten(episode, observation) ? FORGOTTEN : undefined);
    return known && stepResolved(rule, episode, known, observation, now);
  }
  if (!verdict) return undefined;
  return stepOpen(rule, episode, verdict, observation, now);
}

type Breach = Extract<Verdict, { kind: 'breach' }>;

function begin(rule: Rule, group: Group, verdict: Breach, observation: Observation, now: Date): Change {
  const { severity } = verdict;
  const draft = new Draft(newEpisode(rule, group, severity, observation), now);
  trackSeverity(draft, severity, observation);
  const sentence = observed(rule, observation, severity);
  if (rule.forMin === 0) open(draft, rule, reasonFor(verdict, 'met_at_once'), severity, observation, sentence);
  else {
    const wait = `It fires when this has held for ${rule.forMin} min.`;
    draft.line(reasonFor(verdict, 'condition_met'), `${sentence} ${wait}`, { observation });
  }
  return draft.change();
}

function stepPending(
  rule: Rule,
  episode: Episode,
  verdict: Verdict | undefined,
  observation: Observation,
  now: Date,
): Change | undefined {
  if (!verdict) return isForgotten(episode, observation) ? DROPPED : undefined;
  if (verdict.kind === 'ok') return DROPPED;
  const draft = new Draft(episode, now);
  const heldMs = observation.atMs - episode.beganAt.getTime();
  draft.episode.lastObservation = observation;
  trackSeverity(draft, verdict.severity, observation);
  draft.episode.severity = severityHeld(draft, rule, verdict.severity, observation, false);
  if (heldMs < rule.forMin * MINUTE_MS) return draft.change();
  const { severity } = draft.episode;
  const sentence = `${observed(rule, observation, severity)} It has held for ${Math.round(heldMs / MINUTE_MS)} min.`;
  open(draft, rule, reasonFor(verdict, 'held_long_enough'), severity, observation, sentence);
  return draft.change();
}

const FORGOTTEN: Verdict = { kind: 'ok', hasData: false };

function isForgotten({ lastObservation, beganAt }: Episode, { atMs }: Observation): boolean {
  return atMs - (lastObservation?.atMs ?? beganAt.getTime()) >= WITHOUT_DATA_MS;
}

const reasonFor = <Reason>({ hasData }: Verdict, reason: Reason) => (hasData ? reason : ('no_data' as const));

/** The same episode for everybody who begins it. */
function newEpisode(rule: Rule, group: Group, severity: Breach['severity'], observation: Observation): Episode {
  const groupKey = canonicalJson(group);
  return {
    id: `${rule.slug}.${sha256(groupKey).slice(0, 12)}.${Math.floor(observation.atMs / MINUTE_MS)}`,
    ...{ rule: rule.slug, ruleName: rule.name, group, groupKey },
    ...{ state: 'pending', severity, peakSeverity: severity, live: true, seq: 0 },
    beganAt: new Date(observation.atMs),
    ...{ lastObservation: observation, worst: observation },
    ...{ escalation: { step: 0, round: 0 }, openings: [], flapping: false },
  };
}

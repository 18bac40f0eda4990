import type { Notify } from './effect.ts';
import type { Episode, TimelineEntry } from './episode.ts';
import { changeOf } from './judge.ts';
import type { Message } from './message.ts';
import { alertMetric, isAlertMetric } from './metric.ts';
import type { Observation } from './observation.ts';
import type { Rule } from './rule.ts';
import { groupText, headline, limitOf, momentText, windowText } from './sentence.ts';
import { plainLine } from './text.ts';
import { formatValue } from './unit.ts';

/** What channels are told of a line of the timeline. The links are the caller's. */
export function messageOf(
  rule: Rule,
  episode: Episode,
  { verb, reason, key }: Notify,
  entry: TimelineEntry,
  links: Message['links'],
): Message {
  const observation = entry.observation ?? episode.lastObservation;
  return {
    ...{ dedupKey: episode.id, messageId: `${episode.id}.${key}`, verb, reason, severity: entry.severity },
    title: titleOf(rule, episode, entry, verb === 'resolve'),
    sentence: entry.note === undefined ? entry.sentence : `${entry.sentence} "${plainLine(entry.note, 500)}"`,
    rule: { slug: rule.slug, name: plainLine(rule.name), description: rule.description },
    group: Object.fromEntries(Object.entries(episode.group).map(([name, value]) => [name, plainLine(`${value}`)])),
    labels: rule.labels,
    facts: factsOf(rule, episode, entry, observation),
    ...{ beganAt: episode.beganAt.toISOString(), at: entry.at.toISOString(), links },
  };
}

function titleOf(rule: Rule, episode: Episode, { observation, severity }: TimelineEntry, isOver: boolean): string {
  const about = groupText(episode.group);
  if (isOver || !isAlertMetric(rule.metric))
    return plainLine(`${rule.name}${isOver ? ': over' : ''}${about && `, ${about}`}`, 200);
  return plainLine(headline(rule, episode.group, observation ?? episode.lastObservation, severity), 200);
}

function factsOf(
  rule: Rule,
  episode: Episode,
  { severity }: TimelineEntry,
  observation: Observation | undefined,
): { name: string; value: string }[] {
  const facts = [{ name: 'Since', value: momentText(episode.beganAt) }];
  if (!isAlertMetric(rule.metric)) return facts;
  const { unit } = alertMetric(rule.metric);
  const { condition } = rule;
  const limit = limitOf(rule, severity);
  const fact = (name: string, value: string) => facts.push({ name, value });
  if (observation?.value !== undefined) fact('Value', formatValue(unit, observation.value));
  if (observation?.before !== undefined) fact('Before', formatValue(unit, observation.before));
  const share = observation && condition.type === 'change' ? changeOf(condition, observation) : undefined;
  if (share !== undefined && condition.type === 'change')
    fact(condition.direction === 'up' ? 'Rise' : 'Fall', formatValue('ratio', share));
  if (limit !== undefined) fact('Limit', formatValue(condition.type === 'change' ? 'ratio' : unit, limit));
  if (observation) {
    fact('Sample', `${observation.n}`);
    fact('Window', windowText(observation).replace(/^from /, ''));
  }
  return facts;
}

import type { AuditActor } from '../access/audit.ts';
import { changeOf } from './judge.ts';
import { alertMetric } from './metric.ts';
import type { Group, Observation } from './observation.ts';
import type { Condition, Rule, Severity } from './rule.ts';
import { plainLine } from './text.ts';
import { type AlertUnit, formatApart, formatValue } from './unit.ts';

const HOUR_MS = 3_600_000;
const AGAINST = { previous: 'of the window before', day: 'of a day before', week: 'of a week before' } as const;
type Change = Extract<Condition, { type: 'change' }>;

/** What was observed, and the limit: `Success rate was 88.2 % (120 of 136) from 14:05 to 14:20 UTC; the limit is 95 %.` */
export function observed(rule: Rule, observation: Observation, severity?: Severity): string {
  const { condition, minSamples } = rule;
  const { label, unit } = alertMetric(rule.metric);
  const { n, value } = observation;
  const when = windowText(observation);
  if (condition.type === 'absence') return `${label}: ${n === 0 ? 'no sample' : samples(n)} ${when}.`;
  if (n < minSamples) return `${label} rested on ${samples(n)} ${when}; the rule asks for ${minSamples}.`;
  if (value === undefined) return `${label}: no data ${when}.`;
  const limit = limitOf(rule, severity);
  if (condition.type === 'change') return changed(label, unit, condition, observation, limit);
  const shown = limit === undefined ? undefined : formatApart(unit, value, limit);
  const tail = shown ? `; the limit is ${shown.limit}.` : '.';
  const was = unit === 'count' ? ':' : ' was';
  return `${label}${was} ${shown?.value ?? formatValue(unit, value)}${restsOn(unit, value, n)} ${when}${tail}`;
}

function changed(
  label: string,
  unit: AlertUnit,
  condition: Change,
  observation: Observation,
  limit: number | undefined,
): string {
  const { value = 0, before = 0 } = observation;
  const was = `${label} was ${formatValue(unit, value)} ${windowText(observation)}`;
  const share = changeOf(condition, observation);
  if (share === undefined) return `${was}; there is nothing to compare it with.`;
  const than = `than the ${formatValue(unit, before)} ${AGAINST[condition.against]}`;
  const tail = limit === undefined ? '.' : `; the limit is ${formatValue('ratio', limit)}.`;
  return `${was}, ${formatValue('ratio', Math.abs(share))} ${wentUp(condition, share) ? 'more' : 'less'} ${than}${tail}`;
}

const wentUp = ({ direction }: Change, share: number) => (direction === 'up') === share >= 0;

/** The bound of a severity, or the one that the rule has. */
export function limitOf({ condition }: Rule, severity?: Severity): number | undefined {
  if (condition.type === 'absence') return undefined;
  const { warning, critical } = condition;
  return severity === 'critical' ? (critical ?? warning) : (warning ?? critical);
}

function restsOn(unit: AlertUnit, value: number, n: number): string {
  if (unit === 'ratio' && n > 1 && value >= 0 && value <= 1) return ` (${Math.round(value * n)} of ${n})`;
  return unit === 'count' || n <= 1 ? '' : ` (${samples(n)})`;
}

const samples = (n: number) => (n === 1 ? 'one sample' : `${n} samples`);

/** `from 14:05 to 14:20 UTC`; with days where it is long. */
export function windowText({ fromMs, toMs }: Pick<Observation, 'fromMs' | 'toMs'>): string {
  const from = toMs - fromMs > 12 * HOUR_MS ? 0 : 11;
  const text = (ms: number) => new Date(ms).toISOString().slice(from, 16).replace('T', ' ');
  return `from ${text(fromMs)} to ${text(toMs)} UTC`;
}

/** `2040-01-01 14:05 UTC`. */
export function momentText(at: Date): string {
  return `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** `5 min`, `3 h`. */
export function lengthText(ms: number): string {
  return formatValue('ms', ms);
}

/** Who did something. */
export function whoever(by: AuditActor): string {
  return plainLine('uid' in by ? by.uid : by.cli);
}

/** `provider google, model veo`; empty without a group. */
export function groupText(group: Group): string {
  return Object.entries(group)
    .map(([name, value]) => `${name} ${plainLine(`${value}`)}`)
    .join(', ');
}

/** One line: `Success rate 88.2 % (limit 95 %), provider google`. */
export function headline(rule: Rule, group: Group, observation: Observation | undefined, severity: Severity): string {
  const about = groupText(group);
  return `${whatAndHowBad(rule, observation, severity)}${about && `, ${about}`}`;
}

function whatAndHowBad(rule: Rule, observation: Observation | undefined, severity: Severity): string {
  const { condition } = rule;
  const { label, unit } = alertMetric(rule.metric);
  if (condition.type === 'absence') return `${label}: no sample`;
  const limit = limitOf(rule, severity) ?? 0;
  if (observation?.value === undefined) return `${label}: no data`;
  if (condition.type === 'threshold') {
    const shown = formatApart(unit, observation.value, limit);
    return `${label} ${shown.value} (limit ${shown.limit})`;
  }
  const share = changeOf(condition, observation);
  if (share === undefined) return `${label} ${formatValue(unit, observation.value)}`;
  const direction = wentUp(condition, share) ? 'up' : 'down';
  return `${label} ${direction} ${formatValue('ratio', Math.abs(share))} (limit ${formatValue('ratio', limit)})`;
}

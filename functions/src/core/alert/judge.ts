import type { Observation } from './observation.ts';
import type { Condition, Rule, Severity } from './rule.ts';
import { highestSeverity } from './severity.ts';

/** What a rule makes of an observation. */
export type Judgement = { kind: 'no_data' } | { kind: 'ok' } | { kind: 'breach'; severity: Severity };
/** The same once the rule has said what missing data mean. */
export type Verdict = Exclude<Judgement, { kind: 'no_data' }> & { hasData: boolean };

const NO_DATA: Judgement = { kind: 'no_data' };
const OK = { kind: 'ok' } as const;
const BREACH = {
  info: { kind: 'breach', severity: 'info' },
  warning: { kind: 'breach', severity: 'warning' },
  critical: { kind: 'breach', severity: 'critical' },
} as const satisfies Record<Severity, Judgement>;

/**
 * Holds an observation against a rule. What fires at `firingSeverity` already is held against the bounds of `recover`, where the
 * rule has them, up to that severity.
 */
export function judge(rule: Rule, observation: Observation, firingSeverity?: Severity): Judgement {
  const { condition, recover, minSamples } = rule;
  if (condition.type === 'absence') return observation.n === 0 ? BREACH[condition.severity] : OK;
  if (observation.n < minSamples) return NO_DATA;
  const value = condition.type === 'change' ? changeOf(condition, observation) : observation.value;
  if (value === undefined || !Number.isFinite(value)) return NO_DATA;
  const critical = (firingSeverity === 'critical' ? recover.critical : undefined) ?? condition.critical;
  if (critical !== undefined && isBeyond(condition, value, critical)) return BREACH.critical;
  const warning = (firingSeverity === undefined ? undefined : recover.warning) ?? condition.warning;
  if (warning !== undefined && isBeyond(condition, value, warning)) return BREACH.warning;
  return OK;
}

/** Judges as the rule says of missing data; undefined: it stays as it was. */
export function verdictOf(rule: Rule, observation: Observation, firingSeverity?: Severity): Verdict | undefined {
  const judgement = judge(rule, observation, firingSeverity);
  if (judgement.kind !== 'no_data') return { ...judgement, hasData: true };
  if (rule.noData === 'keep') return undefined;
  return { ...(rule.noData === 'ok' ? OK : BREACH[highestSeverity(rule)]), hasData: false };
}

type Bounded = Exclude<Condition, { type: 'absence' }>;

/** By which share of the value before it went in the direction that the rule is about; undefined without one to compare with. */
export function changeOf(
  { direction }: Extract<Condition, { type: 'change' }>,
  { value, before }: Observation,
): number | undefined {
  if (value === undefined || before === undefined || before === 0) return undefined;
  const share = (value - before) / Math.abs(before);
  return direction === 'up' ? share : -share;
}

/** True where the value is further in the direction of trouble than the bound. */
export function isBeyond(condition: Bounded, value: number, bound: number): boolean {
  if (condition.type === 'change') return value > bound;
  switch (condition.op) {
    case '>':
      return value > bound;
    case '>=':
      return value >= bound;
    case '<':
      return value < bound;
    case '<=':
      return value <= bound;
  }
}

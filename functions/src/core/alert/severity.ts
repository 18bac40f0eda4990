import { type Rule, SEVERITIES, type Severity } from './rule.ts';

/** True where the first is more urgent. */
export function isWorse(severity: Severity, than: Severity | undefined): boolean {
  return than === undefined || SEVERITIES.indexOf(severity) > SEVERITIES.indexOf(than);
}

/** The more urgent of the two. */
export function worstOf(severity: Severity, other: Severity | undefined): Severity {
  return other !== undefined && isWorse(other, severity) ? other : severity;
}

/** The highest severity that a rule can have. */
export function highestSeverity({ condition }: Rule): Severity {
  if (condition.type === 'absence') return condition.severity;
  return condition.critical === undefined ? 'warning' : 'critical';
}

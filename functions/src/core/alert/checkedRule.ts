import type { core } from 'zod';
import { AppError } from '../errors.ts';
import type { Problem } from '../generation/request.ts';
import { isBeyond } from './judge.ts';
import { ALERT_METRICS, type AlertMetric } from './metric.ts';
import { type Rule, ruleSchema } from './rule.ts';

/** Minutes of the rollups are kept for 48 h; a window must lie in them even when the counting is late. */
const MAX_ROLLUP_WINDOW_MIN = 47 * 60;
const DAY_MIN = 1_440;

/** What is wrong with a rule; empty for one that can be used. */
export function ruleProblems(rule: Rule): Problem[] {
  const metric = Object.hasOwn(ALERT_METRICS, rule.metric) ? ALERT_METRICS[rule.metric] : undefined;
  if (!metric) return [{ path: 'metric', message: `is none; there are ${Object.keys(ALERT_METRICS).join(', ')}` }];
  return [...dimensionProblems(rule, metric), ...boundProblems(rule), ...windowProblems(rule, metric)];
}

/**
 * Reads a rule as people write it, with its defaults. Throws AppError `invalid_request` with each problem and its path: an unknown
 * field, a metric that there is not, or that is not counted by what the rule asks for, no bound, bounds in the wrong order, a
 * window that is not kept.
 */
export function checkedRule(input: unknown): Rule {
  const parsed = ruleSchema.safeParse(input);
  const problems = parsed.success ? ruleProblems(parsed.data) : parsed.error.issues.map(problemOf);
  if (parsed.success && problems.length === 0) return parsed.data;
  throw new AppError('invalid_request', 'The rule cannot be used.', problems);
}

const problemOf = ({ path, message }: core.$ZodIssue): Problem => ({ path: path.join('.'), message });

function dimensionProblems({ filters, groupBy, metric: name }: Rule, { dimensions }: AlertMetric): Problem[] {
  const isMissing = (dimension: string) => !dimensions.some((each) => each === dimension);
  const message = `${name} is not counted by it`;
  const inFilters = Object.keys(filters).filter(isMissing);
  const inGroups = groupBy.flatMap((dimension, i) => (isMissing(dimension) ? [i] : []));
  const twice = new Set(groupBy).size < groupBy.length;
  return [
    ...inFilters.map((dimension) => ({ path: `filters.${dimension}`, message })),
    ...inGroups.map((i) => ({ path: `groupBy.${i}`, message })),
    ...(twice ? [{ path: 'groupBy', message: 'names something twice' }] : []),
  ];
}

function boundProblems({ condition, recover }: Rule): Problem[] {
  const bounds = ['warning', 'critical'] as const;
  if (condition.type === 'absence') {
    return bounds
      .filter((severity) => recover[severity] !== undefined)
      .map((severity) => ({ path: `recover.${severity}`, message: 'there is no bound to recover from' }));
  }
  const { warning, critical } = condition;
  if (warning === undefined && critical === undefined) {
    return [{ path: 'condition', message: 'needs the bound warning, or critical, or both' }];
  }
  const problems = bounds.flatMap((severity) => recoverProblems(condition, severity, recover[severity]));
  if (warning !== undefined && critical !== undefined && !isBeyond(strict(condition), critical, warning)) {
    problems.push({ path: 'condition.critical', message: 'must be worse than the bound warning' });
  }
  return problems;
}

type Bounded = Exclude<Rule['condition'], { type: 'absence' }>;

/** Without "or equal". */
function strict(condition: Bounded): Bounded {
  if (condition.type === 'change') return condition;
  return { ...condition, op: condition.op.startsWith('>') ? '>' : '<' };
}

function recoverProblems(condition: Bounded, severity: 'warning' | 'critical', recover: number | undefined): Problem[] {
  const bound = condition[severity];
  const path = `recover.${severity}`;
  if (recover === undefined) return [];
  if (bound === undefined) return [{ path, message: `there is no bound ${severity} to recover from` }];
  return isBeyond(strict(condition), recover, bound) ? [{ path, message: 'must not be worse than the bound' }] : [];
}

function windowProblems({ condition, windowMin }: Rule, { source }: AlertMetric): Problem[] {
  if (source === 'signal') return [];
  const isChange = condition.type === 'change';
  if (isChange && condition.against === 'week') {
    return [{ path: 'condition.against', message: 'minutes are kept for 48 h: compare with previous or day' }];
  }
  const shiftMin = isChange ? (condition.against === 'day' ? DAY_MIN : windowMin) : 0;
  if (windowMin + shiftMin <= MAX_ROLLUP_WINDOW_MIN) return [];
  const most = MAX_ROLLUP_WINDOW_MIN - (isChange && condition.against === 'day' ? DAY_MIN : 0);
  const message = `may be at most ${isChange && condition.against === 'previous' ? most / 2 : most}: minutes are kept for 48 h`;
  return [{ path: 'windowMin', message }];
}

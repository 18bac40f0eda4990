import { type Facts, type FactsByKey, METRIC_NAMES, METRICS, type MetricName, type Rule } from './facts.ts';

const QUANTILE_TOLERANCE = 0.005;
const QUANTILES_FROM = 20;
const USERS_TOLERANCE = 0.025;
const USERS_EXACT_TO = 1_000;
/** What dividing and multiplying again may cost a sum. */
const ROUNDING = 1e-9;

/** One number, as we say it and as DuckDB finds it. */
export interface Comparison {
  /** Such as `day America/New_York`. */
  division: string;
  key: string;
  metric: MetricName;
  ours: number | undefined;
  truth: number | undefined;
  /** (ours − truth) ÷ truth; undefined where one is missing or the truth is 0. */
  relative: number | undefined;
  ok: boolean;
}

/**
 * Holds what we say against the truth, number by number, for every key that either names. A key that one of them lacks is a group
 * in which nothing happened. Within what each metric allows, quantiles of fewer than 20 are left out; or exactly.
 */
export function compare(
  division: string,
  ours: FactsByKey,
  truth: FactsByKey,
  how: 'within tolerances' | 'exactly' = 'within tolerances',
): Comparison[] {
  const keys = new Set([...truth.keys(), ...ours.keys()]);
  return [...keys].sort().flatMap((key) => {
    const [said, found] = [ours.get(key) ?? NOTHING, truth.get(key) ?? NOTHING];
    const isCompared = (metric: MetricName) =>
      how === 'exactly' || METRICS[metric] !== 'quantile' || ended(found) >= QUANTILES_FROM;
    return METRIC_NAMES.filter(isCompared).map((metric) => {
      const [ours, truth] = [said[metric], found[metric]];
      const relative = ours === undefined || !truth ? undefined : (ours - truth) / truth;
      const ok = how === 'exactly' ? ours === truth : isRight(METRICS[metric], ours, truth);
      return { division, key, metric, ours, truth, relative, ok };
    });
  });
}

const NOTHING: Facts = Object.fromEntries(
  METRIC_NAMES.map((name) => [name, METRICS[name] === 'quantile' ? undefined : 0]),
);

function ended({ succeeded = 0, failed = 0, blocked = 0, cancelled = 0, expired = 0 }: Facts): number {
  return succeeded + failed + blocked + cancelled + expired;
}

function isRight(rule: Rule, ours: number | undefined, truth: number | undefined): boolean {
  if (ours === undefined || truth === undefined) return ours === truth;
  if (rule === 'exact' || (rule === 'users' && truth <= USERS_EXACT_TO)) return ours === truth;
  const tolerance = rule === 'users' ? USERS_TOLERANCE : QUANTILE_TOLERANCE;
  return Math.abs(ours - truth) <= truth * (tolerance + ROUNDING);
}

/** The numbers that are not exactly what they were before: one line for each, in words. */
export function changedSince(before: readonly Comparison[], after: readonly Comparison[]): string[] {
  const name = ({ division, key, metric }: Comparison) => `${metric} of ${division} ${key}`;
  const known = new Map(before.map((each) => [name(each), each.ours]));
  return after
    .filter((each) => each.ours !== known.get(name(each)))
    .map((each) => `${name(each)} was ${known.get(name(each))} and is ${each.ours}`);
}

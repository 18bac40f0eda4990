import { ERROR_CODES, errorRule, type Fault } from '../generation/outcome.ts';
import { type Cell, counter } from './cell.ts';
import { METRICS, type Metric } from './metrics.ts';
import { endedCount, type Reading, ratedCount, ratingHistogram } from './reading.ts';

/** A number as the API gives it. */
export interface MetricValue extends Reading {
  unit: Metric['unit'];
}

/**
 * What a cell says, metric by metric. Counts and sums of an empty cell are 0, its ratios, means and quantiles missing. Where
 * there is no cell, since nothing is known yet, every value is missing.
 */
export function readMetrics(cell: Cell | undefined, metrics: readonly Metric[] = METRICS): Record<string, MetricValue> {
  return Object.fromEntries(metrics.map(({ name, unit, read }) => [name, { unit, ...(cell ? read(cell) : { n: 0 }) }]));
}

/** How many generations have each rating; undefined where nothing is known yet. */
export function readRatings(cell: Cell | undefined) {
  return cell && { unit: 'count' as const, n: ratedCount(cell), histogram: ratingHistogram(cell) };
}

/** Distinct users among those who asked; `exact` up to 1,000, beyond that within 2.5 %. */
export interface UserCount extends MetricValue {
  exact: boolean;
}

/** How many users asked; undefined where nothing is known yet. `n`: generations asked for; those that name no user count for none. */
export function readUsers(cell: Cell | undefined): UserCount | undefined {
  if (!cell) return undefined;
  const { value, exact } = cell.users.count();
  return { unit: 'count', value, n: counter(cell, 'arrivals'), exact };
}

/** How many generations ended with one error code. */
export interface ErrorCount {
  code: string;
  fault: Fault | undefined;
  count: number;
  /** Of all that ended. */
  share: number | undefined;
}

/** The errors of a cell, the most frequent first. */
export function readErrors(cell: Cell | undefined): ErrorCount[] {
  if (!cell) return [];
  const n = endedCount(cell);
  return Array.from(cell.errors, ([code, count]) => ({
    code,
    fault: faultOf(code),
    count,
    share: n > 0 ? count / n : undefined,
  }))
    .filter(({ count }) => count !== 0)
    .sort((a, b) => b.count - a.count || (a.code < b.code ? -1 : 1));
}

function faultOf(code: string): Fault | undefined {
  const known = ERROR_CODES.find((each) => each === code);
  return known && errorRule(known).fault;
}

import { kruskalWallis, type Line, mannKendall, median, type Observation, residualsOf, theilSen } from './trendTest.ts';

/** Below this many values nobody can tell a trend. */
export const MIN_VALUES = 8;
/** How likely by chance a trend or a pattern may be. */
export const SIGNIFICANCE = 0.05;
const WEEKDAYS = [1, 2, 3, 4, 5, 6, 7] as const;
/** Of each weekday, before they are compared. */
const MIN_WEEKS = 4;
/** 1 ÷ Φ⁻¹(¾): times it, the median absolute deviation of normal values is their standard deviation. */
const SIGMAS_PER_MAD = 1.4826;
const MAX_SIGMAS = 3;
/** Differences below this are of rounding, relative to the largest value. */
const ROUNDING = 1e-12;

/** Where a series is going. */
export interface Trend {
  /** Values that it rests on. */
  n: number;
  /** Change from one period to the next; null for fewer than two values. */
  slope: number | null;
  /** How likely so much order is by chance, two-sided; null for fewer than 8 values. */
  pValue: number | null;
  direction: 'rising' | 'falling' | 'none' | 'unknown';
  weekly: WeeklyPattern | null;
  last: LastValue | null;
}

/** Whether days of the week differ; told from four weeks on. */
export interface WeeklyPattern {
  isSignificant: boolean;
  pValue: number;
  /** 1: Monday. */
  medians: { weekday: number; median: number }[];
}

/** The last value against what those before it let expect: their line, and the weekday where weekdays differ. */
export interface LastValue {
  /** Its place among the values: after it there are none. */
  at: number;
  isUnusual: boolean;
  low: number;
  high: number;
}

/**
 * The trend of values in order, null where there is none. `weekdays` says of each value which day of the week it is of, 1 is
 * Monday; without it days of the week are not compared.
 */
export function trendOf(values: readonly (number | null)[], weekdays?: readonly number[]): Trend {
  const known = values.flatMap((value, at) => (value === null ? [] : [{ at, value }]));
  const n = known.length;
  const line = theilSen(known);
  const weekly = weekdays && line ? weeklyOf(known, weekdays, line) : null;
  const base = { n, slope: line?.slope ?? null, weekly, last: lastOf(known, weekly && weekdays) };
  if (n < MIN_VALUES) return { ...base, pValue: null, direction: 'unknown' };
  const { s, pValue } = mannKendall(known.map(({ value }) => value));
  return { ...base, pValue, direction: pValue >= SIGNIFICANCE ? 'none' : s > 0 ? 'rising' : 'falling' };
}

function weeklyOf(known: readonly Observation[], weekdays: readonly number[], line: Line): WeeklyPattern | null {
  const groups = byWeekday(known, weekdays, leftOf(known, line));
  if (groups.some(({ length }) => length < MIN_WEEKS)) return null;
  const values = known.map(({ value }) => value);
  const pValue = kruskalWallis(groups);
  const medians = byWeekday(known, weekdays, values).map((group, i) => ({
    weekday: i + 1,
    median: median(group) ?? 0,
  }));
  return { isSignificant: pValue < SIGNIFICANCE, pValue, medians };
}

function byWeekday(known: readonly Observation[], weekdays: readonly number[], values: readonly number[]): number[][] {
  return WEEKDAYS.map((weekday) => values.filter((_, i) => weekdays[known[i]?.at ?? -1] === weekday));
}

const roundingOf = (known: readonly Observation[]): number =>
  ROUNDING * known.reduce((most, { value }) => Math.max(most, Math.abs(value)), 0);

/** What of each value a line leaves, without what is only of rounding: equal ones stay equal. */
function leftOf(known: readonly Observation[], line: Line): number[] {
  const unit = roundingOf(known);
  return residualsOf(known, line).map((residual) => (unit > 0 ? Math.round(residual / unit) * unit : residual));
}

/** Whether the last value is within 3 standard deviations of what those before it let expect. */
function lastOf(known: readonly Observation[], weekdays: readonly number[] | null | undefined): LastValue | null {
  const [earlier, last] = [known.slice(0, -1), known.at(-1)];
  const line = earlier.length < MIN_VALUES ? undefined : theilSen(earlier);
  if (!line || !last) return null;
  const residuals = leftOf(earlier, line);
  const usual = usualOf(earlier, weekdays, residuals);
  const rest = residuals.map((residual, i) => residual - usual(earlier[i]?.at ?? 0));
  const middle = median(rest) ?? 0;
  const tolerance = roundingOf(known);
  const spread = MAX_SIGMAS * sigmaOf(rest, middle, tolerance);
  const expected = line.base + line.slope * last.at + usual(last.at) + middle;
  const [low, high] = [expected - spread, expected + spread];
  return { at: last.at, isUnusual: last.value < low - tolerance || last.value > high + tolerance, low, high };
}

/** A standard deviation by the MAD; by the root mean square where most are equal, so that not all others are unusual. */
function sigmaOf(values: readonly number[], middle: number, tolerance: number): number {
  const mad = median(values.map((value) => Math.abs(value - middle))) ?? 0;
  if (mad > tolerance) return SIGMAS_PER_MAD * mad;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / values.length);
}

/** What is usual on the weekday of a place, beside the line; 0 where weekdays do not differ. */
function usualOf(
  known: readonly Observation[],
  weekdays: readonly number[] | null | undefined,
  residuals: readonly number[],
): (at: number) => number {
  const groups = weekdays ? byWeekday(known, weekdays, residuals) : [];
  const differ = groups.length > 0 && kruskalWallis(groups) < SIGNIFICANCE;
  const medians = differ ? groups.map((group) => median(group) ?? 0) : [];
  return (at) => medians[(weekdays?.[at] ?? 0) - 1] ?? 0;
}

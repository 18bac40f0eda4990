import { AppError } from '../errors.ts';

/** Insights are computed for whole UTC days, weeks from Monday, and months. */
export const INSIGHT_GRANULARITIES = ['day', 'week', 'month'] as const;
export type InsightGranularity = (typeof INSIGHT_GRANULARITIES)[number];

/** A day, week or month in UTC: dates such as 2026-11-20, the end not with it. */
export interface InsightPeriod {
  granularity: InsightGranularity;
  start: string;
  end: string;
}

const DAY_MS = 86_400_000;

/** The id of a period's document, such as `week_2026-11-16`; of one granularity they sort by time. */
export const periodId = ({ granularity, start }: Pick<InsightPeriod, 'granularity' | 'start'>): string =>
  `${granularity}_${start}`;

/** The period that a date is in. */
export function periodAt(granularity: InsightGranularity, date: string): InsightPeriod {
  const start = startOf(granularity, date);
  return { granularity, start, end: endOf(granularity, start) };
}

/** The periods that have a day from `from` up to, and not with, `to`, in order. */
export function periodsBetween(granularity: InsightGranularity, from: string, to: string): InsightPeriod[] {
  const periods: InsightPeriod[] = [];
  for (let at = periodAt(granularity, from); at.start < to; at = periodAt(granularity, at.end)) periods.push(at);
  return periods;
}

/** The period that is `count` periods before this one. */
export function periodBefore({ granularity, start }: InsightPeriod, count = 1): InsightPeriod {
  if (granularity !== 'month') return periodAt(granularity, addDays(start, -count * (granularity === 'week' ? 7 : 1)));
  return periodAt('month', addMonths(start, -count));
}

/** A date that is so many days later; earlier where `days` is negative. */
export const addDays = (date: string, days: number): string => dateOf(msOf(date) + days * DAY_MS);

/** The UTC date of a moment. */
export const dateOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** The first moment of a UTC date, in ms. */
export const msOf = (date: string): number => Date.parse(`${date}T00:00:00Z`);

function startOf(granularity: InsightGranularity, date: string): string {
  switch (granularity) {
    case 'day':
      return date;
    case 'week':
      return addDays(date, -((new Date(msOf(date)).getUTCDay() + 6) % 7));
    case 'month':
      return `${date.slice(0, 8)}01`;
  }
}

function endOf(granularity: InsightGranularity, start: string): string {
  switch (granularity) {
    case 'day':
      return addDays(start, 1);
    case 'week':
      return addDays(start, 7);
    case 'month':
      return addMonths(start, 1);
  }
}

function addMonths(date: string, months: number): string {
  const at = new Date(msOf(date));
  return dateOf(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + months, 1));
}

/** What is asked for: dates of UTC, or a range as of today. */
export interface InsightQuery {
  granularity: InsightGranularity;
  from?: string | undefined;
  to?: string | undefined;
  range?: InsightRange | undefined;
}

/** Ranges that can be named: so many days, and today. */
export const INSIGHT_RANGES = ['7d', '30d', '90d', '365d'] as const;
export type InsightRange = (typeof INSIGHT_RANGES)[number];

/** How many periods can be asked for at once. */
export const MOST_PERIODS = 120;
const EARLIEST = '2000-01-01';
const LATEST = '2100-01-01';

/**
 * The whole periods that touch what is asked for, at most 120, in order; a named range ends with `today`, and 30d is what is meant
 * when nothing is said. Throws AppError `invalid_request` for half a period, both ways at once, an end before its beginning or too
 * many periods.
 */
export function periodsAsked({ granularity, from, to, range }: InsightQuery, today: string): InsightPeriod[] {
  if (from === undefined && to === undefined) {
    const days = Number.parseInt(range ?? '30d', 10);
    return bounded(periodsBetween(granularity, addDays(today, -days), addDays(today, 1)), 'range');
  }
  if (range !== undefined) throw refusal('range', 'Say either from and to, or range.');
  if (from === undefined) throw refusal('from', 'Say from, too.');
  if (to === undefined) throw refusal('to', 'Say to, too.');
  if (to <= from) throw refusal('to', 'The period must end after it begins.');
  if (from < EARLIEST || to > LATEST) throw refusal('from', 'It must be in the years 2000 to 2099.');
  if (msOf(to) - msOf(from) > MOST_PERIODS * 31 * DAY_MS) throw tooMany('to');
  return bounded(periodsBetween(granularity, from, to), 'to');
}

function bounded(periods: InsightPeriod[], path: string): InsightPeriod[] {
  if (periods.length > MOST_PERIODS) throw tooMany(path);
  return periods;
}

const tooMany = (path: string) => refusal(path, `At most ${MOST_PERIODS} periods can be asked for at once.`);

function refusal(path: string, message: string): AppError {
  return new AppError('invalid_request', message, [{ path, message }]);
}

import { AppError } from '../errors.ts';
import { type Bucket, bucketAt, bucketsBetween } from '../rollup/bucket.ts';
import { dateAt, type Period } from './period.ts';
import { MAX_SLOTS, type Stretch } from './slots.ts';

/** What the points of a trend are of; weeks begin on Monday. */
export const TREND_GRANULARITIES = ['hour', 'day', 'week', 'month'] as const;
export type TrendGranularity = (typeof TREND_GRANULARITIES)[number];

const DAY_MS = 86_400_000;
const MAX_HOURS_MS = 14 * DAY_MS;
/** Days from a Monday to the first day of 1970. */
const MONDAY_OFFSET = 3;

/** The stretch of time of one point. */
export interface TrendPeriod extends Stretch {
  /** Whether it is a whole hour, day, week or month, and not cut by the period asked for. */
  isWhole: boolean;
  /** 1 is Monday: of the day that it begins on, by the clocks of the zone. */
  weekday: number;
}

/**
 * A period cut into hours, days, weeks or months of its zone. Throws AppError `invalid_request` for hours of more than 14 days
 * and for more than 400 stretches.
 */
export function trendPeriods({ fromMs, toMs, zone }: Period, granularity: TrendGranularity): TrendPeriod[] {
  const isHourly = granularity === 'hour';
  if (isHourly && toMs - fromMs > MAX_HOURS_MS + DAY_MS) throw tooFine('Hours are told of at most 14 days.');
  const buckets = bucketsBetween(fromMs, toMs, isHourly ? '1h' : '1d', zone);
  const nameOf = NAMES[granularity];
  const groups = new Map<string | number, Bucket[]>();
  for (const bucket of buckets) {
    const name = nameOf(bucket.startMs, zone);
    groups.set(name, [...(groups.get(name) ?? []), bucket]);
  }
  if (groups.size > MAX_SLOTS) throw tooFine(`More than ${MAX_SLOTS} times ${granularity}.`);
  return [...groups].map(([name, [first, ...rest]]) => {
    if (!first) throw new Error('a group has a bucket');
    const last = rest.at(-1) ?? first;
    const goesOn = nameOf(first.startMs - 1, zone) === name || nameOf(last.endMs, zone) === name;
    return {
      startMs: Math.max(first.startMs, fromMs),
      endMs: Math.min(last.endMs, toMs),
      isWhole: first.startMs >= fromMs && last.endMs <= toMs && !goesOn,
      weekday: weekdayOf(dayNumber(first.startMs, zone)),
    };
  });
}

/** What is the same for all moments of one period. */
const NAMES: Readonly<Record<TrendGranularity, (ms: number, zone: string) => string | number>> = {
  hour: (ms, zone) => bucketAt(ms, '1h', zone).startMs,
  day: dateAt,
  week: (ms, zone) => Math.floor((dayNumber(ms, zone) + MONDAY_OFFSET) / 7),
  month: (ms, zone) => dateAt(ms, zone).slice(0, 7),
};

const dayNumber = (ms: number, zone: string): number => Date.parse(dateAt(ms, zone)) / DAY_MS;
const weekdayOf = (day: number): number => ((((day + MONDAY_OFFSET) % 7) + 7) % 7) + 1;

function tooFine(why: string): AppError {
  const message = `${why} Ask for a shorter period or a coarser granularity.`;
  return new AppError('invalid_request', message, [{ path: 'granularity', message: 'too fine' }]);
}

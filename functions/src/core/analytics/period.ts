import { AppError } from '../errors.ts';
import { bucketAt, GRANULARITIES } from '../rollup/bucket.ts';
import { offsetRuns, runIndexAt } from '../rollup/zone.ts';

/** Ranges that can be named: so many whole hours or days of the zone, and the open one. */
export const RANGES = ['24h', '7d', '30d'] as const;
export type RangeName = (typeof RANGES)[number];
/** Ranges that can be named where long ones make sense, too. */
export const LONG_RANGES = [...RANGES, '90d', '365d'] as const;
export type LongRangeName = (typeof LONG_RANGES)[number];

const MINUTE_MS = 60_000;
const DAY_MS = GRANULARITIES['1d'].lengthMs;
const MAX_DAYS = 4_000;
const EARLIEST_MS = Date.UTC(2000, 0, 1);
const LATEST_MS = Date.UTC(2100, 0, 1);

/** From one moment up to, and not with, another, by the days of a zone. */
export interface Period {
  fromMs: number;
  toMs: number;
  zone: string;
}

/** What is asked for: `from` and `to` are dates of the zone or times with their offset. */
export interface PeriodQuery {
  from?: string | undefined;
  to?: string | undefined;
  range?: LongRangeName | undefined;
}

/**
 * The period asked for; a named range is as of `asOfMs`, and 24h is what is meant when nothing is said. Throws AppError
 * `invalid_request` for half a period, both ways at once, times that are not whole minutes, or an end before its beginning.
 */
export function periodOf({ from, to, range }: PeriodQuery, zone: string, asOfMs: number): Period {
  if (from === undefined && to === undefined) return namedPeriod(range ?? '24h', zone, asOfMs);
  if (range !== undefined) throw refusal('range', 'Say either from and to, or range.');
  if (from === undefined) throw refusal('from', 'Say from, too.');
  if (to === undefined) throw refusal('to', 'Say to, too.');
  const period = { fromMs: momentOf(from, 'from', zone), toMs: momentOf(to, 'to', zone), zone };
  if (period.toMs <= period.fromMs) throw refusal('to', 'The period must end after it begins.');
  if (period.toMs - period.fromMs > MAX_DAYS * DAY_MS)
    throw refusal('to', `At most ${MAX_DAYS} days can be asked for.`);
  return period;
}

function namedPeriod(range: LongRangeName, zone: string, asOfMs: number): Period {
  if (range === '24h') {
    const { startMs, endMs } = bucketAt(asOfMs, '1h', zone);
    return { fromMs: startMs - DAY_MS, toMs: endMs, zone };
  }
  const today = dateAt(asOfMs, zone);
  return {
    fromMs: startOfDay(daysAfter(today, -Number.parseInt(range, 10)), zone),
    toMs: bucketAt(asOfMs, '1d', zone).endMs,
    zone,
  };
}

function momentOf(text: string, path: string, zone: string): number {
  const ms = /^\d{4}-\d\d-\d\d$/.test(text) ? startOfDay(text, zone) : Date.parse(text);
  if (ms % MINUTE_MS !== 0) throw refusal(path, 'It must be a whole minute.');
  if (ms < EARLIEST_MS || ms > LATEST_MS) throw refusal(path, 'It must be in the years 2000 to 2099.');
  return ms;
}

/** The first moment of a date such as `2024-11-01` in a zone. */
export function startOfDay(date: string, zone: string): number {
  const noonMs = Date.parse(`${date}T12:00Z`);
  return bucketAt(noonMs - offsetMs(noonMs, zone), '1d', zone).startMs;
}

/** The date that the clocks of a zone show. */
export function dateAt(ms: number, zone: string): string {
  return new Date(ms + offsetMs(ms, zone)).toISOString().slice(0, 10);
}

export function daysAfter(date: string, days: number): string {
  return new Date(Date.parse(`${date}T12:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

function offsetMs(ms: number, zone: string): number {
  const runs = offsetRuns(zone);
  return runs[runIndexAt(runs, ms)]?.offsetMs ?? 0;
}

function refusal(path: string, message: string): AppError {
  return new AppError('invalid_request', message, [{ path, message }]);
}

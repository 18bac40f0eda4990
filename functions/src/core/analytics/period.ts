import { AppError } from '../errors.ts';
import { bucketAt, bucketsBetween, GRANULARITIES } from '../rollup/bucket.ts';
import { offsetRuns, runIndexAt } from '../rollup/zone.ts';

/** Ranges that can be named: so many whole hours or days of the zone, and the open one. */
export const RANGES = ['24h', '7d', '30d'] as const;
export type RangeName = (typeof RANGES)[number];

const MINUTE_MS = 60_000;
const DAY_MS = GRANULARITIES['1d'].lengthMs;
const QUARTER_MS = GRANULARITIES['15m'].lengthMs;
/** An unfinished period is compared to the quarter while quarters of the period before are surely kept. */
const QUARTERS_MS = 90 * DAY_MS;
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
  range?: RangeName | undefined;
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

function namedPeriod(range: RangeName, zone: string, asOfMs: number): Period {
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

/**
 * The period before, as long: as many days where whole days are asked for. What of a period is not over yet is left out of the
 * one before, to the quarter of an hour.
 */
export function previousPeriod({ fromMs, toMs, zone }: Period, asOfMs: number): Period {
  const beforeMs =
    isDayStart(fromMs, zone) && isDayStart(toMs, zone) ? sameDaysBefore(fromMs, toMs, zone) : 2 * fromMs - toMs;
  const previous = { fromMs: beforeMs, toMs: fromMs, zone };
  if (asOfMs >= toMs || asOfMs < fromMs) return previous;
  const untilMs = asOfMs - (fromMs - beforeMs);
  const byQuarters = fromMs - beforeMs < QUARTERS_MS;
  const endMs = byQuarters ? Math.floor(untilMs / QUARTER_MS) * QUARTER_MS : bucketAt(untilMs, '1d', zone).startMs;
  return endMs > beforeMs ? { ...previous, toMs: endMs } : previous;
}

const isDayStart = (ms: number, zone: string) => bucketAt(ms, '1d', zone).startMs === ms;

function sameDaysBefore(fromMs: number, toMs: number, zone: string): number {
  const days = bucketsBetween(fromMs, toMs, '1d', zone).length;
  return startOfDay(daysAfter(dateAt(fromMs, zone), -days), zone);
}

function momentOf(text: string, path: string, zone: string): number {
  const ms = /^\d{4}-\d\d-\d\d$/.test(text) ? startOfDay(text, zone) : Date.parse(text);
  if (ms % MINUTE_MS !== 0) throw refusal(path, 'It must be a whole minute.');
  if (ms < EARLIEST_MS || ms > LATEST_MS) throw refusal(path, 'It must be in the years 2000 to 2099.');
  return ms;
}

/** The first moment of a date such as `2024-11-01` in a zone. */
function startOfDay(date: string, zone: string): number {
  const noonMs = Date.parse(`${date}T12:00Z`);
  return bucketAt(noonMs - offsetMs(noonMs, zone), '1d', zone).startMs;
}

/** The date that the clocks of a zone show. */
function dateAt(ms: number, zone: string): string {
  return new Date(ms + offsetMs(ms, zone)).toISOString().slice(0, 10);
}

function daysAfter(date: string, days: number): string {
  return new Date(Date.parse(`${date}T12:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

function offsetMs(ms: number, zone: string): number {
  const runs = offsetRuns(zone);
  return runs[runIndexAt(runs, ms)]?.offsetMs ?? 0;
}

function refusal(path: string, message: string): AppError {
  return new AppError('invalid_request', message, [{ path, message }]);
}

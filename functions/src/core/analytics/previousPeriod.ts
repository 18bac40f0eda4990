import { bucketAt, bucketsBetween, GRANULARITIES } from '../rollup/bucket.ts';
import { dateAt, daysAfter, type Period, startOfDay } from './period.ts';

const QUARTER_MS = GRANULARITIES['15m'].lengthMs;
/** An unfinished period is compared to the quarter while quarters of the period before are surely kept. */
const QUARTERS_MS = 90 * GRANULARITIES['1d'].lengthMs;

/**
 * The period before, as long: as many days where whole days are asked for, and as many months where whole months are asked for by
 * months. What of a period is not over yet is left out of the one before, to the quarter of an hour.
 */
export function previousPeriod(period: Period, asOfMs: number, by: 'day' | 'month' = 'day'): Period {
  const { fromMs, toMs, zone } = period;
  const beforeMs = startBefore(period, by);
  const previous = { fromMs: beforeMs, toMs: fromMs, zone };
  if (asOfMs >= toMs || asOfMs < fromMs) return previous;
  const untilMs = asOfMs - (fromMs - beforeMs);
  const byQuarters = fromMs - beforeMs < QUARTERS_MS;
  const endMs = byQuarters ? Math.floor(untilMs / QUARTER_MS) * QUARTER_MS : bucketAt(untilMs, '1d', zone).startMs;
  return endMs > beforeMs ? { ...previous, toMs: Math.min(endMs, fromMs) } : previous;
}

function startBefore({ fromMs, toMs, zone }: Period, by: 'day' | 'month'): number {
  if (!isDayStart(fromMs, zone) || !isDayStart(toMs, zone)) return 2 * fromMs - toMs;
  const [from, to] = [dateAt(fromMs, zone), dateAt(toMs, zone)];
  const areMonths = by === 'month' && from.endsWith('-01') && to.endsWith('-01');
  return areMonths ? startOfDay(sameMonthsBefore(from, to), zone) : sameDaysBefore(fromMs, toMs, zone);
}

/** The first day of the month as many months before one as that is before another. */
function sameMonthsBefore(from: string, to: string): string {
  const [first, next] = [new Date(from), new Date(to)];
  const months = 12 * (next.getUTCFullYear() - first.getUTCFullYear()) + next.getUTCMonth() - first.getUTCMonth();
  return new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() - months)).toISOString().slice(0, 10);
}

const isDayStart = (ms: number, zone: string) => bucketAt(ms, '1d', zone).startMs === ms;

function sameDaysBefore(fromMs: number, toMs: number, zone: string): number {
  const days = bucketsBetween(fromMs, toMs, '1d', zone).length;
  return startOfDay(daysAfter(dateAt(fromMs, zone), -days), zone);
}

import type { Days, Division } from './facts.ts';

const DAY_MS = 86_400_000;
/** So that no answer has over 400 buckets, not even on a day of 25 hours. */
const DAYS_AN_ANSWER = { '1d': 365, '1h': 15, '15m': 4 } as const;
const QUARTERS_OF_A_DAY = ['00', '06', '12', '18'] as const;

/** The days of a zone that have something of [firstMs, lastMs] in them. */
export function datesIn(zone: string, firstMs: number, lastMs: number): Days {
  // The Swedish way to write a date is the ISO way.
  const day = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short' });
  return { zone, fromDay: day.format(firstMs), toDay: daysAfter(day.format(lastMs), 1) };
}

/** The last `days` of these days, or all if there are fewer. */
export function lastOf({ zone, fromDay, toDay }: Days, days: number): Days {
  const start = daysAfter(toDay, -days);
  return { zone, fromDay: start > fromDay ? start : fromDay, toDay };
}

/** The stretches, each from one moment and before another, in which the API is asked for the buckets of some days. */
export function stretchesOf({
  granularity,
  fromDay,
  toDay,
}: Division & { by: 'bucket' }): { from: string; to: string }[] {
  if (granularity === '1m') return daysOf(fromDay, toDay).flatMap(quarters);
  const length = DAYS_AN_ANSWER[granularity];
  return daysOf(fromDay, toDay)
    .filter((_, i) => i % length === 0)
    .map((from) => ({ from, to: earlier(daysAfter(from, length), toDay) }));
}

function quarters(day: string): { from: string; to: string }[] {
  const starts = [...QUARTERS_OF_A_DAY.map((hour) => `${day}T${hour}:00:00Z`), `${daysAfter(day, 1)}T00:00:00Z`];
  return QUARTERS_OF_A_DAY.map((_, i) => ({ from: starts[i] ?? '', to: starts[i + 1] ?? '' }));
}

function daysOf(fromDay: string, toDay: string): string[] {
  const count = Math.round((Date.parse(toDay) - Date.parse(fromDay)) / DAY_MS);
  return Array.from({ length: count }, (_, i) => daysAfter(fromDay, i));
}

const daysAfter = (day: string, days: number) => new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10);
const earlier = (a: string, b: string) => (a < b ? a : b);

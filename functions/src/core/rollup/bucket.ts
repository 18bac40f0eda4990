import { offsetRuns, runIndexAt } from './zone.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** What a bucket can be: its nominal length, how long it is kept after its end, and in how many parts its cells are. */
export const GRANULARITIES = {
  '1m': { lengthMs: MINUTE_MS, keptMs: 48 * HOUR_MS, parts: 1, everyZone: false },
  '15m': { lengthMs: 15 * MINUTE_MS, keptMs: 120 * DAY_MS, parts: 2, everyZone: false },
  '1h': { lengthMs: HOUR_MS, keptMs: 120 * DAY_MS, parts: 4, everyZone: true },
  '1d': { lengthMs: DAY_MS, keptMs: Infinity, parts: 8, everyZone: true },
} as const;
export type Granularity = keyof typeof GRANULARITIES;
export const GRANULARITY_NAMES = Object.keys(GRANULARITIES) as Granularity[];

export const UTC = 'UTC';

/** One stretch of time that is counted together. Moments are milliseconds since 1970; the end is the next one's start. */
export interface Bucket {
  granularity: Granularity;
  zone: string;
  startMs: number;
  endMs: number;
}

/**
 * The bucket that a moment falls into. Minutes and quarters are in UTC only (every zone's hours and days are made of whole
 * quarters); hours and days follow the clocks of the zone: an hour in which they are moved is cut there, a day has 23 to 25 h.
 * Throws RangeError for an unknown zone, and for minutes and quarters of any zone but UTC.
 */
export function bucketAt(atMs: number, granularity: Granularity, zone: string = UTC): Bucket {
  const { lengthMs, everyZone } = GRANULARITIES[granularity];
  if (zone !== UTC && !everyZone) throw new RangeError(`${granularity} buckets are in UTC only, not in ${zone}`);
  if (zone === UTC) {
    const startMs = Math.floor(atMs / lengthMs) * lengthMs;
    return { granularity, zone, startMs, endMs: startMs + lengthMs };
  }
  const [startMs, endMs] = granularity === '1d' ? localDay(atMs, zone) : localHour(atMs, zone);
  return { granularity, zone, startMs, endMs };
}

/** The start of the bucket that a moment falls into. Throws as `bucketAt`. */
export function bucketStart(atMs: number, granularity: Granularity, zone?: string): number {
  return bucketAt(atMs, granularity, zone).startMs;
}

/** The end of the bucket that a moment falls into: the start of the next. Throws as `bucketAt`. */
export function bucketEnd(atMs: number, granularity: Granularity, zone?: string): number {
  return bucketAt(atMs, granularity, zone).endMs;
}

/** Every bucket that has a moment in [fromMs, toMs), in order. Throws as `bucketAt`, and RangeError for more than `atMost`. */
export function bucketsBetween(
  fromMs: number,
  toMs: number,
  granularity: Granularity,
  zone: string = UTC,
  atMost = 10_000,
): Bucket[] {
  const buckets: Bucket[] = [];
  for (let atMs = fromMs; atMs < toMs; atMs = buckets.at(-1)?.endMs ?? toMs) {
    if (buckets.length === atMost) throw new RangeError(`more than ${atMost} buckets of ${granularity}`);
    buckets.push(bucketAt(atMs, granularity, zone));
  }
  return buckets;
}

/** When a bucket is no longer kept; undefined for one that is kept for ever. */
export function bucketExpiryMs({ granularity, endMs }: Bucket): number | undefined {
  const { keptMs } = GRANULARITIES[granularity];
  return keptMs === Infinity ? undefined : endMs + keptMs;
}

/** Whether a bucket is still kept at a moment. */
export function isKept(bucket: Bucket, nowMs: number): boolean {
  return nowMs < (bucketExpiryMs(bucket) ?? Infinity);
}

function localHour(atMs: number, zone: string): [startMs: number, endMs: number] {
  const runs = offsetRuns(zone);
  const run = runs[runIndexAt(runs, atMs)];
  if (!run) throw new RangeError(`no offset of ${zone} is known`);
  const startMs = Math.floor((atMs + run.offsetMs) / HOUR_MS) * HOUR_MS - run.offsetMs;
  return [Math.max(startMs, run.startMs), Math.min(startMs + HOUR_MS, run.endMs)];
}

function localDay(atMs: number, zone: string): [startMs: number, endMs: number] {
  const runs = offsetRuns(zone);
  const offsetMs = runs[runIndexAt(runs, atMs)]?.offsetMs ?? 0;
  const midnightMs = Math.floor((atMs + offsetMs) / DAY_MS) * DAY_MS;
  return [firstMomentFrom(midnightMs, zone), firstMomentFrom(midnightMs + DAY_MS, zone)];
}

/** The first moment at which the clocks of a zone show `localMs` (as if it were UTC) or later. */
function firstMomentFrom(localMs: number, zone: string): number {
  const runs = offsetRuns(zone);
  // Clocks are less than a day from UTC, so nothing before this stretch shows that time yet.
  for (let at = runIndexAt(runs, localMs - DAY_MS); at < runs.length; at++) {
    const run = runs[at];
    if (run && localMs - run.offsetMs < run.endMs) return Math.max(localMs - run.offsetMs, run.startMs);
  }
  throw new RangeError(`no offset of ${zone} is known`);
}

import { bucketAt, GRANULARITIES, type Granularity, isKept, UTC } from './bucket.ts';
import { contributionsOf, type RollupEvent } from './contribution.ts';
import type { RollupDocument } from './document.ts';
import { documentsOf } from './documents.ts';
import { add, mergeBucket, type OpenBuckets, openAt, sumHead } from './openBucket.ts';

/** What some events come to. Cells may be shared between documents: nobody changes them. */
export interface RollupPartial {
  documents: ReadonlyMap<string, RollupDocument>;
  /** Contributions that came after their bucket was no longer kept, once for each such bucket. */
  dropped: Readonly<Record<Granularity, number>>;
}

export interface FoldOptions {
  /** IANA names of the zones besides UTC in which hours and days are counted. */
  zones: readonly string[];
  /** Decides what is still kept. */
  nowMs: number;
}

/**
 * Folds events, in any order, into the documents of every bucket that is still kept. An event is counted once, in its minute
 * (or its quarter, where minutes are no longer kept); all else is merged upwards, which is many times faster. Throws RangeError
 * for an unknown zone.
 */
export function foldEvents(events: Iterable<RollupEvent>, { zones, nowMs }: FoldOptions): RollupPartial {
  const minutes: OpenBuckets = new Map();
  const quarters: OpenBuckets = new Map();
  const dropped = { '1m': 0, '15m': 0, '1h': 0, '1d': 0 };
  // The oldest minute that is kept ends just after the beginning of what is kept.
  const minutesFromMs = bucketAt(nowMs - GRANULARITIES['1m'].keptMs, '1m').startMs;
  for (const event of events) {
    for (const contribution of contributionsOf(event)) {
      const kept = contribution.atMs >= minutesFromMs;
      if (!kept) dropped['1m'] += 1;
      add(kept ? openAt(minutes, contribution.atMs, '1m') : openAt(quarters, contribution.atMs, '15m'), contribution);
    }
  }
  for (const bucket of [...minutes.values(), ...quarters.values()]) sumHead(bucket);
  mergeUp(minutes, quarters, '15m', UTC);
  const documents = new Map<string, RollupDocument>();
  const keep = (buckets: OpenBuckets) => {
    for (const open of buckets.values()) {
      if (!isKept(open.bucket, nowMs)) dropped[open.bucket.granularity] += open.contributions;
      else for (const document of documentsOf(open)) documents.set(document.id, document);
    }
  };
  keep(minutes);
  keep(quarters);
  const hoursOfUtc = mergeUp(quarters, new Map(), '1h', UTC);
  for (const zone of new Set([UTC, ...zones])) {
    const hours = zone === UTC ? hoursOfUtc : hoursOf(zone, quarters, hoursOfUtc);
    keep(hours);
    keep(mergeUp(hours, new Map(), '1d', zone));
  }
  return { documents, dropped };
}

/** The hours of a zone; where its clocks show whole hours from UTC they are the same ones, with the same cells. */
function hoursOf(zone: string, quarters: OpenBuckets, hoursOfUtc: OpenBuckets): OpenBuckets {
  const hours: OpenBuckets = new Map();
  for (const [startMs, open] of quarters) {
    const bucket = bucketAt(startMs, '1h', zone);
    const same = hoursOfUtc.get(bucket.startMs);
    if (same?.bucket.endMs === bucket.endMs) hours.set(bucket.startMs, { ...same, bucket });
    else mergeBucket(openAt(hours, startMs, '1h', zone), open);
  }
  return hours;
}

/** Merges buckets into the larger ones that hold them. */
function mergeUp(from: OpenBuckets, into: OpenBuckets, granularity: Granularity, zone: string): OpenBuckets {
  for (const [startMs, open] of from) mergeBucket(openAt(into, startMs, granularity, zone), open);
  return into;
}

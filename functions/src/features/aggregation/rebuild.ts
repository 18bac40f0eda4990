import {
  type Bucket,
  bucketAt,
  GRANULARITIES,
  GRANULARITY_NAMES,
  type Granularity,
  UTC,
} from '../../core/rollup/bucket.ts';
import { encodeCells } from '../../core/rollup/codec.ts';
import { documentId } from '../../core/rollup/document.ts';
import { now } from '../../platform/clock.ts';
import { eventsOfDay, type LoggedEvent, type LogPosition } from '../../platform/eventLog.ts';
import { logOf } from '../../platform/logs.ts';
import {
  type AggregationState,
  type BucketDocument,
  changeRollups,
  type HeldState,
  heldState,
  type StoredBucket,
  storedBuckets,
} from '../../platform/rollups.ts';
import { servedRollupVersion } from '../../platform/rollupVersions.ts';
import { portionsOf, storedDocument } from './documents.ts';
import { foldInto } from './fold.ts';
import { STEP_LIMITS } from './limits.ts';
import { reportingZones } from './zones.ts';

const log = logOf('aggregation.rebuild');

const DAY_MS = 86_400_000;
const PAGE = 500;
/** How often a day is begun anew because a tick came in between. */
const MAX_TRIES = 20;
const NOTHING = encodeCells(new Map());

/** What was rebuilt. */
export interface Rebuilt {
  days: number;
  documents: number;
}

/**
 * Computes anew, from the log, every rollup bucket that has a moment in the UTC days `fromDay` to `toDay` (both included), while
 * the system runs: a tick in between makes it begin the day again. Of the version that is served unless told otherwise. Throws
 * RangeError for days that are none.
 */
export async function rebuildRollups(
  fromDay: string,
  toDay: string,
  rollupVersion: number = servedRollupVersion(),
): Promise<Rebuilt> {
  const [fromMs, toMs] = [Date.parse(`${fromDay}T00:00Z`), Date.parse(`${toDay}T00:00Z`)];
  if (!(fromMs <= toMs)) throw new RangeError(`${fromDay} to ${toDay} are no days`);
  let documents = 0;
  for (let atMs = fromMs; atMs <= toMs; atMs += DAY_MS) documents += await rebuildDay(atMs, rollupVersion);
  const days = (toMs - fromMs) / DAY_MS + 1;
  log.info('rebuilt', { rollupVersion, fromDay, toDay, documents });
  return { days, documents };
}

async function rebuildDay(dayMs: number, rollupVersion: number): Promise<number> {
  let written = new Set<string>();
  for (let tries = 1; tries <= MAX_TRIES; tries++) {
    const held = await heldState(rollupVersion);
    if (!held.state) return 0;
    const wanted = await documentsOfDay(dayMs, rollupVersion, held.state);
    const left = [...wanted].filter(([id]) => !written.has(id));
    const done = await writeAll(left, rollupVersion, held);
    written = new Set([...written, ...done]);
    if (done.length === left.length) return written.size;
  }
  throw new Error('ticks kept coming in between');
}

/** What each document of the day must hold as of `state`; one that is stored and has nothing left to hold is empty. */
async function documentsOfDay(
  dayMs: number,
  rollupVersion: number,
  state: AggregationState,
): Promise<Map<string, BucketDocument>> {
  const zones = reportingZones();
  const nowMs = now().getTime();
  const documents = foldInto(await eventsAround(dayMs, state), { rollupVersion, zones, nowMs });
  const wanted = new Map<string, BucketDocument>();
  for (const { id, document } of await bucketsStored(dayMs, rollupVersion, zones)) {
    if ((document.expireAt?.getTime() ?? Infinity) > nowMs) wanted.set(id, { ...document, cells: NOTHING });
  }
  for (const [id, document] of documents) {
    if (meets(document.bucket, dayMs)) wanted.set(id, storedDocument(document));
  }
  return wanted;
}

/** The events of the day and of those beside it, into which the days of other zones reach. */
async function eventsAround(dayMs: number, { position }: AggregationState): Promise<Iterable<LoggedEvent>> {
  if (!position) return [];
  const days = [dayMs - DAY_MS, dayMs, dayMs + DAY_MS].map((ms) => new Date(ms).toISOString().slice(0, 10));
  const events = (await Promise.all(days.map((day) => eventsUpTo(day, position)))).flat();
  // One event may count on two days.
  return new Map(events.map((event) => [event.id, event])).values();
}

async function eventsUpTo(day: string, upTo: LogPosition): Promise<LoggedEvent[]> {
  const events: LoggedEvent[] = [];
  for (;;) {
    const page = await eventsOfDay(day, upTo, events.at(-1)?.position, PAGE);
    events.push(...page);
    if (page.length < PAGE) return events;
  }
}

async function bucketsStored(dayMs: number, rollupVersion: number, zones: readonly string[]): Promise<StoredBucket[]> {
  const names = GRANULARITY_NAMES.flatMap((granularity) =>
    (GRANULARITIES[granularity].everyZone ? [UTC, ...zones] : [UTC]).map((zone) => ({ granularity, zone })),
  );
  const found = await Promise.all(
    names.map(({ granularity, zone }) => {
      const idAt = (ms: number) => documentId({ granularity, zone, startMs: ms, endMs: ms }, 'head', rollupVersion);
      return storedBuckets(idAt(dayMs - DAY_MS), idAt(dayMs + DAY_MS));
    }),
  );
  return found.flat().filter(({ document: { start, granularity, zone } }) => {
    return meets(bucketAt(start.getTime(), granularity as Granularity, zone), dayMs);
  });
}

function meets({ startMs, endMs }: Pick<Bucket, 'startMs' | 'endMs'>, dayMs: number): boolean {
  return startMs < dayMs + DAY_MS && endMs > dayMs;
}

/** Writes what it can while the state stays; answers the ids of what is written. */
async function writeAll(
  left: readonly [string, BucketDocument][],
  rollupVersion: number,
  held: HeldState,
): Promise<string[]> {
  const done: string[] = [];
  let before: HeldState | undefined = held;
  for (const documents of portionsOf(left, STEP_LIMITS)) {
    if (!before?.state) return done;
    const { version, bucketsVersion } = before.state;
    const state = { ...before.state, version: version + 1, bucketsVersion: bucketsVersion + 1 };
    before = await changeRollups(rollupVersion, before, { documents, state });
    if (before) done.push(...documents.keys());
  }
  return done;
}

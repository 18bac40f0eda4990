import { utcDay } from '../../core/account/account.ts';
import { boundOf, REQUEST_BOUNDS_MS } from '../../core/scrape/bounds.ts';
import { type Answered, classOf, portionsOf, type RequestCounts } from '../../core/scrape/requests.ts';
import { addRequests } from '../../platform/apiRequests.ts';
import { perApp } from '../../platform/app.ts';
import { now } from '../../platform/clock.ts';
import { logOf } from '../../platform/logs.ts';
import { randomHex } from '../../platform/random.ts';

const log = logOf('apiLatency');

/** How often an instance writes what it has counted. */
const WRITE_EVERY_MS = 30_000;
/** How long an addition is remembered, so that it is not made again: longer than an instance lives without work. */
const KEPT_MS = 24 * 60 * 60_000;

/** Counts on their way; added once, by their id. */
interface Addition {
  id: string;
  day: string;
  counts: RequestCounts;
}

/** What this instance has counted and nobody else knows yet. */
const counted = perApp(() => ({
  counts: new Map<string, Map<string, number>>(),
  /** What is on its way, or did not surely arrive: an addition each. */
  sending: [] as Addition[],
  /** The UTC day that `counts` is of. */
  day: utcDay(now()),
  writtenAtMs: now().getTime(),
}));

/**
 * Counts an answer of the API; every 30 s one of them waits until what was counted is written. Never rejects. What an instance
 * has not written when it ends is not counted.
 */
export async function countAnswer({ route, status, durationMs }: Answered): Promise<void> {
  const mine = counted();
  const atMs = now().getTime();
  const today = utcDay(new Date(atMs));
  if (mine.day !== today) {
    mine.sending.push(...additionsOf(mine.counts, mine.day));
    mine.counts = new Map();
    mine.day = today;
  }
  const sums = mine.counts.get(route) ?? new Map<string, number>();
  mine.counts.set(route, sums);
  const add = (name: string, by: number) => sums.set(name, (sums.get(name) ?? 0) + by);
  add(boundOf(durationMs, REQUEST_BOUNDS_MS), 1);
  add('sumMs', durationMs);
  add(classOf(status), 1);
  if (atMs - mine.writtenAtMs < WRITE_EVERY_MS) return;
  mine.writtenAtMs = atMs;
  if (mine.sending.length === 0) {
    mine.sending = additionsOf(mine.counts, today);
    mine.counts = new Map();
  }
  try {
    for (const each of [...mine.sending]) {
      await addRequests(each.id, each.counts, each.day, new Date(atMs + KEPT_MS));
      mine.sending = mine.sending.filter((other) => other !== each);
    }
  } catch (error) {
    // A measurement must not make a request fail; it is sent again under the same id with the next.
    log.error('could not write', error);
  }
}

const additionsOf = (counts: RequestCounts, day: string): Addition[] =>
  portionsOf(counts).map((portion) => ({ id: randomHex(8), day, counts: portion }));

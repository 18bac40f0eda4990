import { now } from '../../platform/clock.ts';
import { logOf } from '../../platform/logs.ts';
import { changeRollups, type HeldState, readBuckets } from '../../platform/rollups.ts';
import { Backlog } from './backlog.ts';
import { storedDocuments, TooManyBytes } from './documents.ts';
import { foldWhatFits } from './fold.ts';
import { latestAfter } from './latest.ts';
import { STEP_LIMITS, type StepLimits } from './limits.ts';
import { NOTHING_YET, stateAfter } from './stateAfter.ts';
import { totalsAfter } from './totals.ts';
import { reportingZones } from './zones.ts';

const log = logOf('aggregation');

/** An event may be seen this long after the time that it is stamped with: the server stamps before it commits. */
const SETTLE_MS = 10_000;
/** Steps of one run; the rest waits for the next minute. */
const MAX_STEPS = 500;

/** What a run has folded. */
export interface Aggregated {
  events: number;
  steps: number;
  /** False when it stopped before the end: another run was faster, or there is more than one run takes. */
  complete: boolean;
}

/** How a run goes on. */
interface Run {
  rollupVersion: number;
  /** What is recorded up to here is folded. */
  through: Date;
  backlog: Backlog;
  limits: StepLimits;
}

/**
 * Folds everything that has been recorded since the held state into the rollups of a version, in steps of one commit each:
 * buckets, place in the log and what was counted change together, fenced on the state, and with the last step the latest ranges.
 * A crash costs nothing; of two runs at the same time one goes on. Throws RangeError where a bucket to be changed was written by
 * a later version of the codec, and then changes nothing.
 */
export async function aggregate(
  rollupVersion: number,
  held: HeldState,
  limits: StepLimits = STEP_LIMITS,
): Promise<Aggregated> {
  const through = new Date(now().getTime() - SETTLE_MS);
  if (held.state && through <= held.state.through) return { events: 0, steps: 0, complete: true };
  const run = { rollupVersion, through, limits, backlog: new Backlog(held.state?.position, through, limits) };
  let events = 0;
  for (let steps = 1, before = held; steps <= MAX_STEPS; steps++) {
    const { taken, after } = await step(run, before);
    if (!after) return { events, steps, complete: false };
    events += taken;
    before = after;
    if (after.state && after.state.through >= through) {
      log.info('aggregated', { rollupVersion, events, steps, through: through.toISOString() });
      return { events, steps, complete: true };
    }
  }
  log.warn('more than one run takes', { rollupVersion, events });
  return { events, steps: MAX_STEPS, complete: false };
}

/** Folds as much as one commit may; without `after` another run was faster. */
async function step(
  { rollupVersion, through, backlog, limits }: Run,
  held: HeldState,
): Promise<{ taken: number; after: HeldState | undefined }> {
  const before = held.state ?? NOTHING_YET;
  const waiting = await backlog.waiting();
  const isAll = backlog.isAll(waiting.length);
  const options = { rollupVersion, zones: reportingZones(), nowMs: now().getTime() };
  for (let events = waiting; ; ) {
    const { taken, documents: added } = foldWhatFits(events, options, limits.documents);
    const isLast = isAll && taken.length === waiting.length;
    try {
      const present = await readBuckets([...added.keys()]);
      const documents = storedDocuments(added, present, taken.length > 1 ? limits.bytes : Infinity);
      const next = stateAfter(before, taken, documents.size > 0, isLast ? through : undefined);
      const latest = isLast ? await latestAfter(rollupVersion, before, next, added) : undefined;
      const totals = isLast ? undefined : await totalsAfter(rollupVersion, added);
      const state = latest ? { ...next, latestVersion: latest.bucketsVersion } : next;
      const after = await changeRollups(rollupVersion, held, { documents, state, latest: latest ?? totals });
      backlog.take(taken.length);
      return { taken: taken.length, after };
    } catch (error) {
      if (!(error instanceof TooManyBytes)) throw error;
      // With half of them it may do; one alone always does.
      events = taken.slice(0, Math.ceil(taken.length / 2));
    }
  }
}

import { now } from '../../platform/clock.ts';
import type { LoggedEvent } from '../../platform/eventLog.ts';
import { logOf } from '../../platform/logs.ts';
import { type AggregationState, aggregationState, changeBuckets, type Manifest } from '../../platform/rollups.ts';
import { Backlog } from './backlog.ts';
import { MAX_BYTES, storedDocuments, TooManyBytes } from './documents.ts';
import { foldWhatFits } from './fold.ts';
import { writeLatest } from './latest.ts';
import { reportingZones } from './zones.ts';

const log = logOf('aggregation');

/** An event may be seen this long after the time that it is stamped with: the server stamps before it commits. */
const SETTLE_MS = 10_000;
/** Steps of one run; the rest waits for the next minute. */
const MAX_STEPS = 500;
/** How long folded stretches are remembered: they are counted again after 5 and 60 min. */
const MANIFEST_KEPT_MS = 61 * 60_000;

const NOTHING_YET: AggregationState = { version: 0, through: new Date(0), ahead: 0, manifests: [] };

/** What a run has folded. */
export interface Aggregated {
  events: number;
  steps: number;
  /** False when it stopped before the end: another run was faster, or there is more than one run takes. */
  complete: boolean;
}

/**
 * Folds everything that has been recorded since the last run into the rollups, in steps of one transaction each: buckets,
 * place in the log and what was counted change together, fenced on the state's version. A crash costs nothing; of two runs at
 * the same time one goes on.
 */
export async function aggregate(maxBytes = MAX_BYTES): Promise<Aggregated> {
  const stored = await aggregationState();
  let state = stored ?? NOTHING_YET;
  const through = new Date(now().getTime() - SETTLE_MS);
  if (through <= state.through) return { events: 0, steps: 0, complete: true };
  const backlog = new Backlog(state.position, through);
  let events = 0;
  let isNew = stored === undefined;
  for (let steps = 1; steps <= MAX_STEPS; steps++) {
    const { taken, next, written } = await step(state, isNew, backlog, through, maxBytes);
    if (!written) return { events, steps, complete: false };
    events += taken;
    state = next;
    isNew = false;
    if (state.through >= through) {
      await writeLatest(state, events > 0);
      log.info('aggregated', { events, steps, through: through.toISOString() });
      return { events, steps, complete: true };
    }
  }
  log.warn('more than one run takes', { events });
  return { events, steps: MAX_STEPS, complete: false };
}

async function step(state: AggregationState, isNew: boolean, backlog: Backlog, through: Date, maxBytes: number) {
  const waiting = await backlog.waiting();
  const isAll = backlog.isAll(waiting.length);
  for (let events = waiting; ; ) {
    const { taken, partial } = foldWhatFits(events, { zones: reportingZones(), nowMs: now().getTime() });
    const next = stateAfter(state, taken, isAll && taken.length === waiting.length ? through : undefined);
    try {
      const ids = [...partial.documents.keys()];
      const written = await changeBuckets(isNew ? undefined : state.version, ids, (present) => ({
        documents: storedDocuments(partial.documents, present, taken.length > 1 ? maxBytes : Infinity),
        state: next,
      }));
      backlog.take(taken.length);
      return { taken: taken.length, next, written };
    } catch (error) {
      if (!(error instanceof TooManyBytes)) throw error;
      // With half of them it may do; one alone always does.
      events = taken.slice(0, Math.ceil(taken.length / 2));
    }
  }
}

/** The state once these events are folded; with `through` nothing is left up to there. */
function stateAfter(
  state: AggregationState,
  taken: readonly LoggedEvent[],
  through: Date | undefined,
): AggregationState {
  const position = taken.at(-1)?.position ?? state.position;
  const ahead = state.ahead + taken.length;
  const version = state.version + 1;
  if (!through) return { ...state, version, ...(position && { position }), ahead };
  const manifest: Manifest = { after: state.through, through, count: ahead, recounts: 0 };
  const manifests = [...state.manifests, ...(ahead > 0 ? [manifest] : [])].filter(
    (kept) => kept.through.getTime() > through.getTime() - MANIFEST_KEPT_MS,
  );
  return { version, through, ...(position && { position }), ahead: 0, manifests };
}

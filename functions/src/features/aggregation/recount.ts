import { now } from '../../platform/clock.ts';
import { countRecorded, daysRecorded } from '../../platform/eventLog.ts';
import { logOf } from '../../platform/logs.ts';
import { type HeldState, heldState, type Manifest, type RecountMismatch } from '../../platform/rollups.ts';
import { rebuildRollups } from './rebuild.ts';

const log = logOf('aggregation.recount');

/** How old a folded stretch is when it is counted again. */
const RECOUNT_AFTER_MS = [5 * 60_000, 60 * 60_000];
/** Differences that the state remembers. */
const MISMATCHES_KEPT = 20;

/**
 * Counts again what was folded 5 and 60 minutes ago. Where the log has more by now (an event may be stamped and seen much later),
 * the days that it touches are rebuilt. Answers the state with what was counted noted in it: the run that follows writes it, and
 * where none does, it is counted again.
 */
export async function recount(rollupVersion: number, held: HeldState): Promise<HeldState> {
  const due = (held.state?.manifests ?? []).filter(isDue);
  if (due.length === 0) return held;
  const counts = new Map<number, number>();
  for (const { after, through } of due) counts.set(through.getTime(), await countRecorded(after, through));
  const mismatches = due.flatMap((manifest) => mismatchOf(manifest, counts.get(manifest.through.getTime())));
  for (const mismatch of mismatches) await rebuildStretch(rollupVersion, mismatch);
  return noted(mismatches.length > 0 ? await heldState(rollupVersion) : held, counts, mismatches);
}

function isDue({ through, recounts }: Manifest): boolean {
  const afterMs = RECOUNT_AFTER_MS[recounts];
  return afterMs !== undefined && now().getTime() - through.getTime() >= afterMs;
}

function mismatchOf({ after, through, count }: Manifest, found = 0): RecountMismatch[] {
  return found === count ? [] : [{ after, through, folded: count, found, at: now() }];
}

async function rebuildStretch(rollupVersion: number, { after, through, folded, found }: RecountMismatch) {
  const message = `folded ${folded} events, the log has ${found}`;
  log.error('the log differs from what was folded', new Error(message), {
    rollupVersion,
    through: through.toISOString(),
  });
  for (const day of await daysRecorded(after, through)) await rebuildRollups(day, day, rollupVersion);
}

/** The held state with these counts, by the ends of their stretches, in its manifests. */
function noted(
  { state, storedAt }: HeldState,
  counts: ReadonlyMap<number, number>,
  mismatches: readonly RecountMismatch[],
): HeldState {
  if (!state) return { state, storedAt };
  const manifests = state.manifests.map((manifest) => {
    const count = counts.get(manifest.through.getTime());
    return count === undefined ? manifest : { ...manifest, count, recounts: manifest.recounts + 1 };
  });
  const recountMismatchCount = state.recountMismatchCount + mismatches.length;
  const recountMismatches = [...state.recountMismatches, ...mismatches].slice(-MISMATCHES_KEPT);
  return { state: { ...state, manifests, recountMismatchCount, recountMismatches }, storedAt };
}

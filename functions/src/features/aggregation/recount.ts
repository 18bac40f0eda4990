import { now } from '../../platform/clock.ts';
import { countRecorded, daysRecorded } from '../../platform/eventLog.ts';
import { logOf } from '../../platform/logs.ts';
import { aggregationState, changeBuckets, type Manifest } from '../../platform/rollups.ts';
import { rebuildRollups } from './rebuild.ts';

const log = logOf('aggregation.recount');

/** How old a folded stretch is when it is counted again. */
const RECOUNT_AFTER_MS = [5 * 60_000, 60 * 60_000];

/**
 * Counts again what was folded 5 and 60 minutes ago. Where the log has more by now (an event may be stamped and seen much later),
 * the days that it touches are rebuilt. Answers how many stretches differed.
 */
export async function recount(): Promise<{ differed: number }> {
  const state = await aggregationState();
  const due = (state?.manifests ?? []).filter(isDue);
  if (!state || due.length === 0) return { differed: 0 };
  const counts = new Map<Manifest, number>();
  for (const manifest of due) counts.set(manifest, await countRecorded(manifest.after, manifest.through));
  const differing = due.filter((manifest) => counts.get(manifest) !== manifest.count);
  for (const manifest of differing) await rebuildStretch(manifest, counts.get(manifest) ?? 0);
  await noteCounts(counts);
  return { differed: differing.length };
}

function isDue({ through, recounts }: Manifest): boolean {
  const afterMs = RECOUNT_AFTER_MS[recounts];
  return afterMs !== undefined && now().getTime() - through.getTime() >= afterMs;
}

async function rebuildStretch({ after, through, count }: Manifest, found: number): Promise<void> {
  const message = `folded ${count} events, the log has ${found}`;
  log.error('the log differs from what was folded', new Error(message), { through: through.toISOString() });
  for (const day of await daysRecorded(after, through)) await rebuildRollups(day, day);
}

/** Notes what was counted. When a tick comes in between it is counted again the next time. */
async function noteCounts(counts: ReadonlyMap<Manifest, number>): Promise<void> {
  const state = await aggregationState();
  if (!state) return;
  const countedThrough = new Map([...counts].map(([{ through }, count]) => [through.getTime(), count]));
  const manifests = state.manifests.map((manifest) => {
    const count = countedThrough.get(manifest.through.getTime());
    return count === undefined ? manifest : { ...manifest, count, recounts: manifest.recounts + 1 };
  });
  const next = { ...state, version: state.version + 1, manifests };
  await changeBuckets(state.version, [], () => ({ documents: new Map(), state: next }));
}

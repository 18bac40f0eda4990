import { type DayCounts, differencesOf } from '../../../core/warehouse/dayCounts.ts';
import { warehouseName } from '../../../platform/bigquery/client.ts';
import { now } from '../../../platform/clock.ts';
import { logOf } from '../../../platform/logs.ts';
import { aggregationState } from '../../../platform/rollups.ts';
import { heldProgress } from '../../../platform/warehouse.ts';
import { addLate, type Places } from './late.ts';
import { rollupCounts, warehouseCounts } from './read.ts';
import { type Comparison, DIFFERENCES_KEPT, keepComparison, latestComparison } from './store.ts';

const log = logOf('warehouse.compare');

const DAY_MS = 86_400_000;
/** The last closed UTC days, as many as are compared. */
const DAYS = 7;
/** How often both sides are read anew because one of them moved meanwhile. */
const MAX_READS = 5;

/**
 * Compares what the warehouse and the rollups say of the last seven closed UTC days: arrivals, ends by outcome, cost and seconds of
 * video, by cell. Keeps what it found and answers it; where all of them were equal already, it does not look again. Undefined where
 * there is no warehouse. Throws QueryFailed where BigQuery cannot be asked.
 */
export async function compareWarehouse(): Promise<Comparison | undefined> {
  if (warehouseName() === undefined) return undefined;
  const at = now();
  const days = closedDays(at.getTime());
  const known = await latestComparison();
  if (known?.days.join() === days.join() && known.differenceCount === 0) return known;
  const comparison = { at, ...(await compareDays(days)) };
  await keepComparison(comparison);
  report(comparison);
  return comparison;
}

function closedDays(nowMs: number): string[] {
  const today = Math.floor(nowMs / DAY_MS);
  return Array.from({ length: DAYS }, (_, at) => dayAt((today - DAYS + at) * DAY_MS));
}

async function compareDays(days: readonly string[]): Promise<Omit<Comparison, 'at'>> {
  for (let reads = 1; reads <= MAX_READS; reads++) {
    const before = await places();
    if (!before) break;
    const ready = days.filter((day) => Date.parse(day) + DAY_MS <= before.readyMs);
    const late = days
      .filter((day) => !ready.includes(day))
      .map((day) => ({ day, reason: 'not loaded or counted yet' }));
    if (ready.length === 0) return outcome([], late, new Map(), new Map());
    const [warehouse, rollups] = [await warehouseCounts(ready), await rollupCounts(ready)];
    if ((await places())?.version !== before.version) continue;
    const tooMany = await addLate(ready, before, { warehouse, rollups });
    const skipped = tooMany.map((day) => ({ day, reason: 'too many late events' }));
    return outcome(
      ready.filter((day) => !tooMany.includes(day)),
      [...skipped, ...late],
      warehouse,
      rollups,
    );
  }
  return outcome(
    [],
    days.map((day) => ({ day, reason: 'being loaded or counted at the time' })),
    new Map(),
    new Map(),
  );
}

/** Where both sides are in the log; undefined before their first runs, and while a load is under way. */
async function places(): Promise<(Places & { readyMs: number; version: string }) | undefined> {
  const [counted, { progress, storedAt }] = [await aggregationState(), await heldProgress()];
  if (!counted || !storedAt || progress.pending) return undefined;
  return {
    warehouse: progress.position ?? undefined,
    rollups: counted.position,
    readyMs: Math.min(counted.through.getTime(), progress.through.getTime()),
    // A run that found nothing moves no place.
    version: `${counted.bucketsVersion} ${progress.loadedRows} ${progress.position?.id}`,
  };
}

function outcome(
  days: string[],
  skipped: Comparison['skipped'],
  warehouse: DayCounts,
  rollups: DayCounts,
): Omit<Comparison, 'at'> {
  const differences = differencesOf(days, warehouse, rollups);
  return { days, skipped, differenceCount: differences.length, differences: differences.slice(0, DIFFERENCES_KEPT) };
}

function report({ days, skipped, differenceCount, differences: [first] }: Comparison): void {
  const fields = { days: days.length, skipped: skipped.length, differences: differenceCount };
  if (first) {
    const { day, cellKey, measure, warehouse, rollups } = first;
    const message = `${measure} of ${cellKey} on ${day}: ${warehouse} in the warehouse, ${rollups} in the rollups`;
    log.error('the warehouse differs from the rollups', new Error(message), fields);
  } else if (skipped[0]) log.warn('not all days could be compared', { ...fields, reason: skipped[0].reason });
  else log.info('the warehouse is as the rollups', fields);
}

const dayAt = (ms: number) => new Date(ms).toISOString().slice(0, 10);

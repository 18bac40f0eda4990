import { openDatabase } from '../verify-faults/database.ts';
import { planOf } from '../verify-faults/plan.ts';
import { run } from '../verify-faults/run.ts';
import { countedThrough } from './answers.ts';
import { check } from './check.ts';
import { untilLoaded } from './load.ts';
import { openOwnTruth } from './own-truth.ts';
import type { Step } from './print.ts';
import { REPORTING_ZONES, startSystem, untilCounted } from './system.ts';
import { checkWarehouse } from './warehouse.ts';

/** Ahead of the real time, and just before the clocks of New York go back. */
const START_MS = Date.parse('2040-11-04T03:30:00.000Z');
const SEED = 1;
const KILLS = 4;

export interface OwnOptions {
  generations: number;
  onProgress?: (asked: number) => void;
  /** Gets what the functions log. */
  onLogLine?: (line: string) => void;
}

/**
 * Lets a system of its own make videos, a fifth of which meet a fault, while its host is killed and every task and trigger comes
 * twice and in any order; then compares what its API and its warehouse say with what DuckDB finds in the documents of the generations.
 */
export async function verifyOwn({ generations, onProgress, onLogLine = () => undefined }: OwnOptions): Promise<Step> {
  const startedMs = performance.now();
  await using started = new AsyncDisposableStack();
  const system = started.adopt(await startSystem({ nowMs: START_MS, running: false }, onLogLine), (each) =>
    each.stop(),
  );
  const database = started.adopt(await openDatabase(system.stack.firestoreHost), (each) => each.close());
  const kills = Math.min(KILLS, generations);
  const batches = planOf({ seed: SEED, generations, kills, slow: false });
  const { asked } = await run({ stack: system.stack, database, batches, onProgress: (n) => onProgress?.(n) });
  const truth = started.adopt(await openOwnTruth(await database.generations()), (each) => each.close());
  await untilCounted(system, await system.nowMs(), () => countedThrough(system.read, truth));
  await untilLoaded(system);
  const warehouse = await checkWarehouse(system, truth, REPORTING_ZONES);
  // That its last day is not over yet is as it should be.
  const { comparisons } = await check(system.read, truth, REPORTING_ZONES);
  const problems = [
    ...(truth.rows === asked.length ? [] : [`${truth.rows} generations of ${asked.length} requests`]),
    ...(comparisons.length > 0 ? [] : ['nothing was compared']),
  ];
  const name = `${generations} generations of its own, triggers shuffled, the host killed ${kills} times`;
  return { name, wallMs: performance.now() - startedMs, comparisons, warehouse, problems };
}

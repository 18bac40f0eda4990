import { seededRandom } from '../../local/demo/random.ts';
import { startProcesses } from '../../local/stack/processes.ts';
import { openDatabase } from './database.ts';
import { startFlakyStorage } from './flaky-storage.ts';
import { observe } from './observe.ts';
import { type PlanOptions, planOf } from './plan.ts';
import { type FaultsReport, reportOf } from './report.ts';
import { run } from './run.ts';

/** Far ahead of the real time, which no token and no link may depend on. */
const START_MS = Date.parse('2040-01-01T12:00:00.000Z');

export interface VerifyOptions extends PlanOptions {
  onProgress?: (asked: number, kills: number) => void;
  /** Gets what the functions log. */
  onLogLine?: (line: string) => void;
}

/**
 * Makes a whole system suffer by a plan, in processes of its own and from the built functions, and checks what is left. Throws
 * when the stand-ins break; what the system does wrong is in the report's checks.
 */
export async function verifyFaults(options: VerifyOptions): Promise<FaultsReport> {
  const { onProgress = () => undefined, onLogLine = () => undefined } = options;
  const startedMs = performance.now();
  await using started = new AsyncDisposableStack();
  const storage = started.adopt(await startFlakyStorage(seededRandom(options.seed)), (each) => each.stop());
  const stack = started.adopt(
    await startProcesses({
      clock: { nowMs: START_MS, running: false },
      env: { STORAGE_EMULATOR_HOST: storage.url },
      ...{ onLogLine, onErrorLine: onLogLine },
    }),
    (each) => each.stop(),
  );
  storage.leadTo(stack.storageUrl);
  const database = started.adopt(await openDatabase(stack.firestoreHost), (each) => each.close());
  const ran = await run({ stack, database, batches: planOf(options), onProgress });
  const observed = await observe(stack, database, ran);
  return reportOf(observed, {
    storageFaults: storage.faults(),
    wallMs: Math.round(performance.now() - startedMs),
  });
}

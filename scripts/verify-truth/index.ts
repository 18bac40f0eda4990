import { seededRandom } from '../../local/demo/random.ts';
import type { RecordedRequest } from '../mapping/map-row.ts';
import type { Mapping } from '../mapping/schema.ts';
import { type ReplayRow, rowsOf } from '../replay/rows.ts';
import { openDatabase } from '../verify-faults/database.ts';
import { check } from './check.ts';
import { changedSince } from './compare.ts';
import type { Step } from './print.ts';
import { rebuildAfterLoss } from './rebuild.ts';
import { reportRows } from './report.ts';
import { REPORTING_ZONES, startSystem } from './system.ts';
import { openTruth } from './truth.ts';
import { checkWarehouse } from './warehouse.ts';

const SEED = 1;

export interface VerifyOptions {
  file: string;
  mapping: Mapping;
  maxRows: number;
  /** The rows of the file as they are reported, in order of time. */
  requests: readonly RecordedRequest[];
  again?: boolean;
  shuffled?: boolean;
  kill?: boolean;
  rebuild?: boolean;
  onProgress?: (step: string, answered: number) => void;
  /** Hears of each step as it is done. */
  onStep?: (step: Step) => void;
  /** Gets what the functions log. */
  onLogLine?: (line: string) => void;
}

/**
 * Reports a file's generations to a system of its own, which has nothing else in it, and compares what its API and its warehouse
 * say with what DuckDB finds in the file; then does what is asked for besides, after which it must say the same. Throws when it cannot be
 * compared; what the system says wrongly is in the steps.
 */
export async function verifyTruth(options: VerifyOptions): Promise<Step[]> {
  const { file, mapping, maxRows, requests, onProgress, onStep, onLogLine = () => undefined } = options;
  await using started = new AsyncDisposableStack();
  const truth = started.adopt(await openTruth(file, mapping, maxRows), (each) => each.close());
  // Late enough that no day is still open, and early enough that the last one is still kept by the minute.
  const startMs = await truth.overMs(['UTC', ...REPORTING_ZONES]);
  const system = started.adopt(await startSystem({ nowMs: startMs, running: true }, onLogLine), (each) => each.stop());
  const database = await openDatabase(system.stack.firestoreHost);
  started.defer(() => database.close());
  const rows = rowsOf(requests, 'verify-truth');
  const steps: Step[] = [];
  const step = async (name: string, act: (name: string) => Promise<string[]>) => {
    const startedMs = performance.now();
    const problems = await act(name);
    const { comparisons, incomplete } = await check(system.read, truth, REPORTING_ZONES);
    problems.push(...incomplete.map((division) => `${division}: the API says that not all is counted`));
    const [first] = steps;
    const changed = first ? changedSince(first.comparisons, comparisons) : [];
    if (changed.length > 0) problems.push(`${changed.length} numbers are others than at first: ${changed[0]}`);
    const warehouse = await checkWarehouse(system, truth, REPORTING_ZONES);
    const done = { name, wallMs: performance.now() - startedMs, comparisons, warehouse, problems };
    steps.push(done);
    onStep?.(done);
  };
  const report =
    (which: readonly ReplayRow[], expected: 'accepted' | 'unchanged', kill = false) =>
    (name: string) =>
      reportRows(system, truth, which, { expected, kill, onProgress: (answered) => onProgress?.(name, answered) });
  const name = options.kill ? 'reported, the host killed three times, BigQuery once' : 'reported';
  await step(name, report(rows, 'accepted', options.kill));
  if (options.again) await step('reported again', report(rows, 'unchanged'));
  if (options.shuffled) await step('reported again, shuffled', report(shuffled(rows), 'unchanged'));
  if (options.rebuild) await step('lost and rebuilt', () => rebuildAfterLoss(system, truth));
  return steps;
}

function shuffled(rows: readonly ReplayRow[]): ReplayRow[] {
  const random = seededRandom(SEED);
  return rows
    .map((row) => ({ row, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ row }) => row);
}

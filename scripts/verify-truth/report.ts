import { setTimeout as sleep } from 'node:timers/promises';
import { type Replayed, replayRows } from '../replay/index.ts';
import type { ReplayRow } from '../replay/rows.ts';
import { countedThrough } from './answers.ts';
import type { Truth } from './happened.ts';
import { killBigQueryInLoad, untilLoaded } from './load.ts';
import { type System, untilCounted } from './system.ts';

/** A minute passes whenever so many rows are in, so that what comes in and what is counted meet. */
const ROWS_A_MINUTE = 2_000;
/** The host is killed when these shares of the rows are in, and once while they are counted. */
const KILL_AT = [0.25, 0.5];
const KILL_AFTER_MS = 150;

interface ReportOptions {
  /** What the API must say of every row. */
  expected: 'accepted' | 'unchanged';
  /** Kills the functions host three times on the way, and BigQuery once in the middle of a load; then some rows are told twice, and `unchanged` may come for `accepted`. */
  kill: boolean;
  onProgress: (answered: number) => void;
}

/** Reports rows through the API and lets all of them be counted and loaded. Answers what went otherwise than it must. */
export async function reportRows(
  system: System,
  truth: Truth,
  rows: readonly ReplayRow[],
  { expected, kill, onProgress }: ReportOptions,
): Promise<string[]> {
  const over = new AbortController();
  const killing = kill ? killBigQueryInLoad(system, over.signal) : Promise.resolve([]);
  // Awaited below; until then a failure would end the process.
  killing.catch(() => undefined);
  try {
    const found = await replay(system, rows, { kills: kill ? KILL_AT.length : 0, onProgress });
    await count(system, truth, kill);
    await untilLoaded(system);
    over.abort();
    return [...problemsOf(found, expected, truth.rows, kill), ...(await killing)];
  } finally {
    over.abort();
  }
}

async function replay(
  system: System,
  rows: readonly ReplayRow[],
  { kills, onProgress }: { kills: number; onProgress: (answered: number) => void },
): Promise<Replayed> {
  let beside: Promise<void> = Promise.resolve();
  const also = (act: () => Promise<void>) => {
    beside = beside.then(act);
    // Awaited below; until then a failure would end the process.
    beside.catch(() => undefined);
  };
  let minutes = 0;
  let killed = 0;
  const replayed = await replayRows(rows, system.destination, (answered) => {
    onProgress(answered);
    if (killed < kills && answered >= rows.length * (KILL_AT[killed] ?? 1)) {
      killed++;
      also(system.killHost);
    }
    if (answered >= (minutes + 1) * ROWS_A_MINUTE) {
      minutes++;
      also(system.passMinute);
    }
  });
  await beside;
  return replayed;
}

/** Lets everything that has been reported be counted. */
async function count(system: System, truth: Truth, kill: boolean): Promise<void> {
  const reportedMs = await system.nowMs();
  if (kill) {
    const passing = system.passMinute();
    await sleep(KILL_AFTER_MS);
    await system.killHost();
    await passing;
  }
  await untilCounted(system, reportedMs, () => countedThrough(system.read, truth));
}

function problemsOf(found: Replayed, expected: keyof Replayed, rows: number, isRepeated: boolean): string[] {
  const told = isRepeated ? found.accepted + found.unchanged : found[expected];
  const [first] = found.refused;
  return [
    ...(told === rows ? [] : [`${told} of the ${rows} rows ${expected}`]),
    ...(first ? [`${found.refused.length} rows refused; line ${first.line}: ${first.reason}`] : []),
  ];
}

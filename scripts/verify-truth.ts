import { parseArgs } from 'node:util';
import { printedBadRows } from './drive/print.ts';
import { DEFAULT_MAPPING, loadMapping, readRecordedFile } from './mapping/read-file.ts';
import { MappingError } from './mapping/schema.ts';
import { holds, printedStep, printedTables, type Step } from './verify-truth/print.ts';

const MAX_ROWS = 100_000;
const MAX_OWN = 5_000;
const OWN_OF_ALL = 300;
const USAGE = `npm run verify-truth -- [FILE.csv] [options]
Reports a history of generations to a system of its own, through the API, and compares what the analytics API then says, and
what the warehouse says, with what DuckDB finds in the file itself: counts, sums, quantiles of times and distinct users, in all and by model, kind, day, hour,
quarter and minute, in UTC and two other time zones. Exits with 1 when a number is wrong, with 2 when the file cannot be used.

  --map MAP.json  what the columns mean, by scripts/mapping/schema.ts (default: scripts/mapping/generation-requests.json)
  --rows N        only the first N rows of the file (default and at most ${MAX_ROWS})
  --kill          kill the functions host twice while the rows come in and once while they are counted, and BigQuery in a load
  --again         report everything once more; the same must be said
  --shuffled      the same with the rows in another order
  --rebuild       delete all rollups and rebuild them from the log; the same must be said
  --own N         besides, or without a file: another system makes N videos itself, at most ${MAX_OWN}, with faults, kills of the
                  host, and triggers twice and in any order; compared with what DuckDB finds in the documents of the generations
  --all           all of them (--own ${OWN_OF_ALL})
  --verbose       show the functions' own log lines`;

const flag = { type: 'boolean', default: false } as const;
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    map: { type: 'string' },
    rows: { type: 'string', default: String(MAX_ROWS) },
    own: { type: 'string' },
    ...{ kill: flag, again: flag, shuffled: flag, rebuild: flag, all: flag, verbose: flag, help: flag },
  },
});
const [file] = positionals;
const { all, kill, again, shuffled, rebuild, verbose } = values;
const maxRows = Number(values.rows);
const own = Number(values.own ?? (all ? OWN_OF_ALL : 0));
const isCount = (value: number, min: number, max: number) => Number.isInteger(value) && value >= min && value <= max;
const areCountsRight =
  isCount(maxRows, 1, MAX_ROWS) && isCount(own, values.own === undefined ? 0 : 1, MAX_OWN) && positionals.length <= 1;
if (values.help || (file === undefined && own === 0) || !areCountsRight) {
  console.log(USAGE);
  process.exit(values.help ? 0 : 2);
}

const quiet = () => undefined;
// What this process logs itself, when it rebuilds, is no result.
if (!verbose) Object.assign(console, { info: quiet, debug: quiet });
const showProgress = (text: string) => {
  if (process.stderr.isTTY) process.stderr.write(`\r${text}\x1b[K`);
};
const showStep = (step: Step) => {
  showProgress('');
  console.log(printedStep(step));
};
const onLogLine = verbose ? (line: string) => console.error(line) : quiet;

/** Compares what the API says of a file with the file. Throws MappingError where the file cannot be used. */
async function verifyFile(path: string): Promise<Step[]> {
  const mapping = await loadMapping(values.map ?? DEFAULT_MAPPING);
  const { requests, bad } = await readRecordedFile(path, mapping, maxRows);
  if (bad.length > 0) throw new MappingError(printedBadRows(bad));
  if (requests.length === 0) throw new MappingError(`${path} has no row`);
  // Everything heavy comes only now that there is something to do.
  const { verifyTruth } = await import('./verify-truth/index.ts');
  const steps = await verifyTruth({
    ...{ file: path, mapping, maxRows, requests },
    ...{ kill: kill || all, again: again || all, shuffled: shuffled || all, rebuild: rebuild || all },
    onProgress: (step, answered) => showProgress(`${step}: ${answered} of ${requests.length} rows`),
    ...{ onStep: showStep, onLogLine },
  });
  const last = steps.at(-1);
  if (last) console.log(`${printedTables(last)}\n${requests.length} rows, ${steps.length} steps\n`);
  return steps;
}

/** Compares what the API says of generations that a system made itself with their documents. */
async function verifyOwnGenerations(): Promise<Step[]> {
  const { verifyOwn } = await import('./verify-truth/own.ts');
  const onProgress = (asked: number) => showProgress(`own: ${asked} of ${own} asked for`);
  const step = await verifyOwn({ generations: own, onProgress, onLogLine });
  showStep(step);
  console.log(`${printedTables(step)}\n`);
  return [step];
}

try {
  const steps = [
    ...(file === undefined ? [] : await verifyFile(file)),
    ...(own > 0 ? await verifyOwnGenerations() : []),
  ];
  const isRight = steps.every(holds);
  console.log(isRight ? 'every number is right' : 'NOT right');
  process.exitCode = isRight ? 0 : 1;
} catch (error) {
  const isExpected =
    error instanceof MappingError || (error instanceof Error && 'code' in error && error.code === 'ENOENT');
  if (!isExpected) throw error;
  console.error(error.message);
  process.exitCode = 2;
}

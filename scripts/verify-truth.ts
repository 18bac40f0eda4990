import { parseArgs } from 'node:util';
import { printedBadRows } from './drive/print.ts';
import { DEFAULT_MAPPING, loadMapping, readRecordedFile } from './mapping/read-file.ts';
import { MappingError } from './mapping/schema.ts';
import { holds, printedStep, printedTables } from './verify-truth/print.ts';

const MAX_ROWS = 100_000;
const USAGE = `npm run verify-truth -- FILE.csv [options]
Reports a history of generations to a system of its own, through the API, and compares what the analytics API then says with
what DuckDB finds in the file itself: counts, sums, quantiles of times and distinct users, in all and by model, kind, day, hour,
quarter and minute, in UTC and two other time zones. Exits with 1 when a number is wrong, with 2 when the file cannot be used.

  --map MAP.json  what the columns mean, by scripts/mapping/schema.ts (default: scripts/mapping/generation-requests.json)
  --rows N        only the first N rows of the file (default and at most ${MAX_ROWS})
  --kill          kill the functions host twice while the rows come in and once while they are counted
  --again         report everything once more; the same must be said
  --shuffled      the same with the rows in another order
  --rebuild       delete all rollups and rebuild them from the log; the same must be said
  --all           all four
  --verbose       show the functions' own log lines`;

const flag = { type: 'boolean', default: false } as const;
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    map: { type: 'string' },
    rows: { type: 'string', default: String(MAX_ROWS) },
    ...{ kill: flag, again: flag, shuffled: flag, rebuild: flag, all: flag, verbose: flag, help: flag },
  },
});
const [file] = positionals;
const maxRows = Number(values.rows);
const areRowsRight = Number.isInteger(maxRows) && maxRows >= 1 && maxRows <= MAX_ROWS;
if (values.help || file === undefined || positionals.length > 1 || !areRowsRight) {
  console.log(USAGE);
  process.exit(values.help ? 0 : 2);
}

const { all, kill, again, shuffled, rebuild, verbose } = values;
const quiet = () => undefined;
// What this process logs itself, when it rebuilds, is no result.
if (!verbose) Object.assign(console, { info: quiet, debug: quiet });
try {
  const mapping = await loadMapping(values.map ?? DEFAULT_MAPPING);
  const { requests, bad } = await readRecordedFile(file, mapping, maxRows);
  if (bad.length > 0) throw new MappingError(printedBadRows(bad));
  if (requests.length === 0) throw new MappingError(`${file} has no row`);
  // Everything heavy comes only now that there is something to do.
  const { verifyTruth } = await import('./verify-truth/index.ts');
  const steps = await verifyTruth({
    ...{ file, mapping, maxRows, requests },
    ...{ kill: kill || all, again: again || all, shuffled: shuffled || all, rebuild: rebuild || all },
    onProgress: (step, answered) => {
      if (process.stderr.isTTY) process.stderr.write(`\r${step}: ${answered} of ${requests.length} rows\x1b[K`);
    },
    onStep: (step) => {
      if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
      console.log(printedStep(step));
    },
    ...(verbose && { onLogLine: (line) => console.error(line) }),
  });
  const last = steps.at(-1);
  if (last) console.log(printedTables(last));
  const isRight = steps.every(holds);
  console.log(`${requests.length} rows, ${steps.length} steps: ${isRight ? 'every number is right' : 'NOT right'}`);
  process.exitCode = isRight ? 0 : 1;
} catch (error) {
  const isExpected =
    error instanceof MappingError || (error instanceof Error && 'code' in error && error.code === 'ENOENT');
  if (!isExpected) throw error;
  console.error(error.message);
  process.exitCode = 2;
}

import { parseArgs } from 'node:util';
import { printed, printedBadRows } from './drive/print.ts';
import { showProgress } from './drive/progress.ts';
import { DEFAULT_MAPPING, loadMapping, readRecordedFile } from './mapping/read-file.ts';
import { MappingError } from './mapping/schema.ts';

const MAX_ROWS = 100_000;
const USAGE = `npm run drive -- FILE.csv [options]
Lets a service's log drive the whole system on a clock of its own: every row is asked for by its user at its time, and
the video provider's stand-in takes as long as the row says and ends as it says. Then compares, and exits with 1 when
the system did anything else than the file says, with 2 when the file or the mapping cannot be used.

  --map MAP.json  what the columns mean, by scripts/mapping/schema.ts (default: scripts/mapping/generation-requests.json)
  --rows N        only the first N rows of the file (default and at most ${MAX_ROWS}); rows need not be in order of time
  --skip-bad      leave out rows that cannot be used; without it one such row stops everything before it starts
  --verbose       show the functions' own log lines`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    map: { type: 'string' },
    rows: { type: 'string', default: String(MAX_ROWS) },
    'skip-bad': { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
const [file] = positionals;
const rows = Number(values.rows);
if (
  values.help ||
  file === undefined ||
  positionals.length > 1 ||
  !(Number.isInteger(rows) && rows >= 1 && rows <= MAX_ROWS)
) {
  console.log(USAGE);
  process.exit(values.help ? 0 : 2);
}
const quiet = () => undefined;
// The functions log here what Cloud Logging would keep; warnings and errors stay.
if (!values.verbose) Object.assign(console, { info: quiet, debug: quiet });

try {
  const recorded = await readRecordedFile(file, await loadMapping(values.map ?? DEFAULT_MAPPING), rows);
  if (recorded.bad.length > 0 && !values['skip-bad']) throw new MappingError(printedBadRows(recorded.bad));
  if (recorded.requests.length === 0) throw new MappingError(`${file} has no row that can be used`);
  // Everything heavy comes only now that there is something to do.
  const { drive } = await import('./drive/index.ts');
  const progress = showProgress(recorded.requests.length);
  const report = await drive(recorded, { onProgress: progress.show });
  progress.clear();
  console.log(printed(report));
  process.exitCode = report.checks.every(({ ok }) => ok) ? 0 : 1;
} catch (error) {
  const expected =
    error instanceof MappingError || (error instanceof Error && 'code' in error && error.code === 'ENOENT');
  if (!expected) throw error;
  console.error(error.message);
  process.exitCode = 2;
}

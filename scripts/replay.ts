import { writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import type { BadRow } from './mapping/map-row.ts';
import { DEFAULT_MAPPING, loadMapping, readRecordedFile } from './mapping/read-file.ts';
import { MappingError } from './mapping/schema.ts';
import { ReplayError } from './replay/batch.ts';
import { destinationOf } from './replay/destination.ts';
import { replayRows } from './replay/index.ts';
import { showProgress } from './replay/progress.ts';
import { rowsOf } from './replay/rows.ts';

const MAX_ROWS = 1_000_000;
const USAGE = `npm run replay -- FILE.csv [options]
Reports a history of generations to a running system through its API, in batches of 500. It may be stopped and run again, or
run twice: a row that is in already changes nothing. Exits with 1 when rows could not be used, with 2 when nothing could.

  --map MAP.json  what the columns mean, by scripts/mapping/schema.ts (default: scripts/mapping/generation-requests.json)
  --source NAME   what the history is called (default: replay); the same rows of another source are other generations
  --url URL       the site of a system; needs a key
  --key KEY       an API key of scope ingest (or in DAILIES_API_KEY, where no list of processes shows it)
  --local         a system that \`npm start\` runs on this machine
  --port N        the port of its site (default 5000)
  --rows N        only the first N rows of the file (default and at most ${MAX_ROWS})
  --bad FILE      where rows that cannot be used are listed (default: NAME.bad.csv here)`;

const text = { type: 'string' } as const;
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    ...{ map: text, url: text, key: text, port: text, bad: text },
    source: { ...text, default: 'replay' },
    rows: { ...text, default: String(MAX_ROWS) },
    local: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
const [file] = positionals;
const maxRows = Number(values.rows);
const areRowsRight = Number.isInteger(maxRows) && maxRows >= 1 && maxRows <= MAX_ROWS;
if (values.help || file === undefined || positionals.length > 1 || !areRowsRight) {
  console.log(USAGE);
  process.exit(values.help ? 0 : 2);
}

try {
  const { requests, bad } = await readRecordedFile(file, await loadMapping(values.map ?? DEFAULT_MAPPING), maxRows);
  const destination = await destinationOf(values);
  const rows = rowsOf(requests, values.source);
  const progress = showProgress(rows.length);
  const { accepted, unchanged, refused, wallMs } = await replayRows(rows, destination, progress.show);
  progress.clear();
  const unusable = [...bad, ...refused];
  const rowsPerSec = Math.round((rows.length / wallMs) * 1_000);
  console.log(`${rows.length} rows in ${(wallMs / 1_000).toFixed(1)} s, ${rowsPerSec} rows/s`);
  console.log(`${accepted} accepted, ${unchanged} in already, ${refused.length} refused, ${bad.length} not readable`);
  if (unusable.length > 0) await listBadRows(values.bad ?? `${basename(file, '.csv')}.bad.csv`, unusable);
  process.exitCode = unusable.length === 0 ? 0 : 1;
} catch (error) {
  const isExpected =
    error instanceof MappingError ||
    error instanceof ReplayError ||
    (error instanceof Error && 'code' in error && error.code === 'ENOENT');
  if (!isExpected) throw error;
  console.error(error.message);
  process.exitCode = 2;
}

async function listBadRows(to: string, rows: readonly BadRow[]): Promise<void> {
  const lines = rows.map(({ line, reason }) => `${line},"${reason.replaceAll('"', '""')}"`);
  await writeFile(to, `${['line,reason', ...lines].join('\n')}\n`);
  console.log(`${rows.length} rows that could not be used are listed in ${to}`);
}

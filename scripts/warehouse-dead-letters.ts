import { parseArgs } from 'node:util';
import { retryDeadLetters } from '../functions/src/features/warehouse/index.ts';
import { deadLettersAfter } from '../functions/src/platform/deadLetters.ts';
import { CONNECT_OPTIONS, CONNECT_USAGE, connect } from './connect.ts';
import { withLocalWarehouse } from './warehouse/local.ts';

const USAGE = `npm run warehouse:dead-letters -- [options]
Shows the events that could not be brought to BigQuery, and why.

  --retry         tries them all again; those that BigQuery takes are dead letters no more
  --limit N       shows at most so many (default 100)
  --dataset D     the dataset, as WAREHOUSE_DATASET says (default dailies)
${CONNECT_USAGE}

Exit codes: 0 there are none (left); 1 there are some; 2 not understood, or something does not answer.`;

const { values } = parseArgs({
  options: {
    ...CONNECT_OPTIONS,
    retry: { type: 'boolean', default: false },
    limit: { type: 'string', default: '100' },
    dataset: { type: 'string', default: 'dailies' },
    help: { type: 'boolean', default: false },
  },
});

async function run(): Promise<void> {
  const limit = Number(values.limit);
  if (!Number.isInteger(limit) || limit < 1 || limit > 10_000) throw new Error('--limit wants a number up to 10000');
  await connect(values);
  process.env.WAREHOUSE_DATASET ??= values.dataset;
  if (values.retry) {
    const { loaded, refused, jobs } = await withLocalWarehouse(values, () => retryDeadLetters());
    console.log(`${loaded} loaded, ${refused} refused once more, by ${jobs} load jobs`);
  }
  const letters = await deadLettersAfter(undefined, limit);
  for (const { letter } of letters) {
    const { id, type, recordedAt, reason, message, retries } = letter;
    console.log([id, type, recordedAt.toISOString(), `${retries} retries`, `${reason}: ${message}`].join('  '));
  }
  console.log(letters.length < limit ? `${letters.length} dead letters` : `${limit} dead letters or more`);
  process.exitCode = letters.length === 0 ? 0 : 1;
}

if (values.help) console.log(USAGE);
else {
  try {
    await run();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 2;
  }
}

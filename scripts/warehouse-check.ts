import { parseArgs } from 'node:util';
import { type CheckedQuery, checkQueries } from './warehouse/check.ts';
import { datasetOf, WAREHOUSE_OPTIONS, WAREHOUSE_USAGE } from './warehouse/connect.ts';
import { withEmptyWarehouse } from './warehouse/empty.ts';
import { sqlNames } from './warehouse/sql.ts';

const USAGE = `npm run warehouse:check -- [options]
Lets BigQuery plan every query in scripts/sql, without running it, and prints what each would read of the last 30 days. Without
--project or --local: a BigQuery on this machine, with the tables and views and no rows.

${WAREHOUSE_USAGE}

Exit codes: 0 all can run; 1 one cannot; 2 not understood, or BigQuery does not answer.`;

function printed({ name, bytes, refusal }: CheckedQuery): string {
  const found = refusal === undefined ? `${((bytes ?? 0) / 1e6).toFixed(1)} MB` : `REFUSED: ${refusal}`;
  return `  ${name.padEnd(40)} ${found}`;
}

async function run(): Promise<void> {
  const { values } = parseArgs({ options: { ...WAREHOUSE_OPTIONS, help: { type: 'boolean', default: false } } });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const names = await sqlNames();
  const now = new Date();
  const dataset = datasetOf(values);
  const checked = dataset
    ? await checkQueries(dataset, names, now)
    : await withEmptyWarehouse((empty) => checkQueries(empty, names, now));
  console.log(checked.map(printed).join('\n'));
  const refused = checked.filter(({ refusal }) => refusal !== undefined);
  console.log(`${checked.length} queries, ${refused.length} refused`);
  if (refused.length > 0) process.exitCode = 1;
}

try {
  await run();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}

import { parseArgs } from 'node:util';
import { CannotMigrate, migrate } from '../functions/src/features/warehouse/migrate.ts';
import { datasetOf, WAREHOUSE_OPTIONS, WAREHOUSE_USAGE } from './warehouse/connect.ts';
import { viewText } from './warehouse/sql.ts';

const USAGE = `npm run warehouse:migrate -- [options]
Makes the dataset, tables and views of the warehouse in BigQuery, and adds what is missing. Removes nothing; can be repeated.

  --dry-run       shows what it would do
${WAREHOUSE_USAGE}

Exit codes: 0 done, or so already; 1 BigQuery cannot change it so, and nothing was changed; 2 not understood, or BigQuery does not answer.`;

async function run(): Promise<void> {
  const { values } = parseArgs({
    options: {
      ...WAREHOUSE_OPTIONS,
      'dry-run': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const { 'dry-run': dryRun, location } = values;
  const dataset = datasetOf(values);
  if (!dataset) throw new Error('name a project: --project ID, or --local (--help explains)');
  console.log(`${dataset.projectId}.${dataset.id}`);
  const onStep = (text: string) => console.log(`  ${text}`);
  const steps = await migrate(dataset, { location, textOf: viewText, dryRun, onStep });
  if (steps === 0) console.log('nothing to change');
  else console.log(dryRun ? 'a dry run: nothing was changed' : 'done');
}

try {
  await run();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = error instanceof CannotMigrate ? 1 : 2;
}

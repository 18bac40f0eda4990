import { parseArgs } from 'node:util';
import { rebuildRollups } from '../functions/src/features/aggregation/index.ts';
import { CONNECT_OPTIONS, CONNECT_USAGE, connect } from './connect.ts';

const USAGE = `npm run rollups:rebuild -- --from DAY --to DAY [options]
Computes the rollups of these UTC days anew from the log, both days included, while the system runs.

  --from DAY      such as 2026-11-01
  --to DAY
  --zones LIST    the REPORTING_TIME_ZONES that the system is deployed with (default: none besides UTC)
  --rollups N     which version, of the ROLLUP_VERSIONS that the system is deployed with (default 1)
${CONNECT_USAGE}`;

const { values } = parseArgs({
  options: {
    ...CONNECT_OPTIONS,
    from: { type: 'string' },
    to: { type: 'string' },
    zones: { type: 'string' },
    rollups: { type: 'string', default: '1' },
    help: { type: 'boolean' },
  },
});

async function run(): Promise<void> {
  const { from, to, zones = '', rollups } = values;
  if (!from || !to) throw new Error('name the days: --from DAY --to DAY');
  const rollupVersion = Number(rollups);
  if (!Number.isInteger(rollupVersion) || rollupVersion < 1) throw new Error('--rollups wants a version, such as 2');
  await connect(values);
  process.env.REPORTING_TIME_ZONES ??= zones;
  const { days, documents } = await rebuildRollups(from, to, rollupVersion);
  console.log(`${days} days, ${documents} documents`);
}

if (values.help) console.log(USAGE);
else {
  try {
    await run();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    console.error(`\n${USAGE}`);
    process.exitCode = 2;
  }
}

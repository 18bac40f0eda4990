import { shardOf } from '../../functions/src/core/shard.ts';
import { projectWarehouse } from '../../functions/src/features/warehouse/index.ts';
import { migrate } from '../../functions/src/features/warehouse/migrate.ts';
import { clientOf } from '../../local/bigquery/client.ts';
import { startBigQuery } from '../../local/bigquery/index.ts';
import { MovableClock } from '../../local/clock.ts';
import { startFirestore } from '../../local/firestore/index.ts';
import { endFirebaseApps } from '../../local/stack/firebase-apps.ts';
import { DATASET, INDEXES_FILE, PROJECT_ID } from '../../local/stack/project.ts';
import { startStorage } from '../../local/storage/server.ts';
import { viewText } from '../warehouse/sql.ts';
import { generations } from './generations.ts';

const EVENTS = 50_000;
const START_MS = Date.UTC(2026, 10, 21, 12);
const PAGE = 400;

const clock = new MovableClock({ startAtMs: START_MS, running: false });
const firestore = await startFirestore({ projectId: PROJECT_ID, clock, indexesFile: INDEXES_FILE });
const bigQuery = await startBigQuery({ projectId: PROJECT_ID, clock });
const account = await startStorage({ projectId: PROJECT_ID, buckets: [], clock });
Object.assign(globalThis, { [Symbol.for('dailies.clock')]: () => clock.now() });
Object.assign(process.env, {
  ...{ FIRESTORE_EMULATOR_HOST: firestore.host, GCLOUD_PROJECT: PROJECT_ID, METADATA_SERVER_DETECTION: 'none' },
  ...{ WAREHOUSE_DATASET: DATASET, BIGQUERY_BASE_URL: bigQuery.url },
  GOOGLE_APPLICATION_CREDENTIALS: account.serviceAccountFile,
});
const client = clientOf(bigQuery.url, PROJECT_ID);
await migrate(client.dataset(DATASET), { location: 'US', textOf: viewText });

await record();
clock.moveTo(START_MS + 5 * 60_000);
const before = performance.now();
const cpuBefore = process.cpuUsage();
const { rows, loads } = await projectWarehouse();
const sec = (performance.now() - before) / 1_000;
const { user, system } = process.cpuUsage(cpuBefore);
const [[counted]] = await client.query('SELECT COUNT(DISTINCT event_id) AS ids FROM dailies.events');
if (rows !== EVENTS || counted.ids !== EVENTS) throw new Error(`${rows} rows loaded, ${counted.ids} are there`);
const perSec = Math.round(rows / sec).toLocaleString('en-US');
console.log(`${rows} events of the log in BigQuery by ${loads} loads: ${sec.toFixed(1)} s, ${perSec} rows/s`);
const cpuSec = (user + system) / 1e6;
const perCpuSec = Math.round(rows / cpuSec).toLocaleString('en-US');
console.log(`  CPU, that of both databases included: ${cpuSec.toFixed(1)} s, ${perCpuSec} rows/s`);
console.log(`  memory: ${Math.round(process.memoryUsage().rss / 2 ** 20)} MiB, the databases included`);

await endFirebaseApps();
await account.stop();
await bigQuery.stop();
await firestore.stop();
clock.stop();

/** Puts the events into the log. */
async function record(): Promise<void> {
  const events = generations(EVENTS, START_MS - 86_400_000, START_MS);
  const { getFirestore } = await import('firebase-admin/firestore');
  const { initializeApp } = await import('firebase-admin/app');
  const db = getFirestore(initializeApp({ projectId: PROJECT_ID }, 'bench'));
  for (let from = 0; from < EVENTS; from += PAGE) {
    const batch = db.batch();
    for (const [i, event] of events.slice(from, from + PAGE).entries()) {
      const id = `e${from + i}`;
      const stamped = { shard: shardOf(id), days: [], recordedAt: new Date(START_MS) };
      batch.create(db.doc(`analytics_events/${id}`), { ...event, ...stamped });
    }
    await batch.commit();
  }
}

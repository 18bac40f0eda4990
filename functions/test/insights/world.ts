import { type FaultSettings, startBigQuery } from '../../../local/bigquery/index.ts';
import { MovableClock } from '../../../local/clock.ts';
import { PROJECT_ID } from '../../../local/stack/project.ts';
import { startStorage } from '../../../local/storage/server.ts';
import { loadRows } from '../../../local/test/bigquery/started.ts';
import { viewText } from '../../../scripts/warehouse/sql.ts';
import { type RowEvent, rowOf } from '../../src/core/warehouse/row.ts';
import { migrate } from '../../src/features/warehouse/migrate.ts';
import { bigQuery } from '../../src/platform/bigquery/client.ts';
import type { InsightCollection } from '../../src/platform/insights.ts';
import { insights } from '../../src/platform/insights.ts';
import { changeProgress, heldProgress } from '../../src/platform/warehouse.ts';
import { startStore } from '../features/aggregation/store.ts';

/** A Firestore and a warehouse with these events, which the insights run between in this process, at a time that the test moves. */
export async function startInsightWorld(events: readonly RowEvent[], startAtMs: number) {
  const clock = new MovableClock({ startAtMs, running: false });
  const server = await startBigQuery({ projectId: PROJECT_ID, clock });
  // Of Cloud Storage there is only the account, whose tokens BigQuery's client sends.
  const storage = await startStorage({ projectId: PROJECT_ID, buckets: [], clock });
  const store = await startStore(() => clock.now(), {
    ...{ WAREHOUSE_DATASET: 'dailies', BIGQUERY_BASE_URL: server.url, WAREHOUSE_MAX_BYTES_BILLED: '1000000000' },
    GOOGLE_APPLICATION_CREDENTIALS: storage.serviceAccountFile,
  });
  const dataset = (await bigQuery()).dataset('dailies');
  const makeViews = () => migrate(dataset, { location: 'US', textOf: viewText });
  await makeViews();
  const load = async (rows: readonly RowEvent[]) => {
    const job = await loadRows(
      await bigQuery(),
      ['dailies', 'events'],
      rows.map((event) => rowOf(event, event.occurredAt.toISOString())),
    );
    if (job.metadata.status.errorResult) throw new Error(job.metadata.status.errorResult.message);
  };
  await load(events);
  const faults = (method: 'POST' | 'DELETE', settings?: Partial<FaultSettings>) =>
    fetch(`${server.url}/__bigquery/faults`, { method, ...(settings && { body: JSON.stringify(settings) }) });
  return {
    ...{ store, dataset, makeViews, load },
    faults: (settings: Partial<FaultSettings>) => faults('POST', settings),
    noFaults: () => faults('DELETE'),
    /** Time passes, and all that was recorded up to then is in the warehouse. */
    async loadedUpTo(ms: number): Promise<void> {
      if (ms > clock.now()) clock.moveTo(ms);
      await changeProgress(await heldProgress(), { through: new Date(ms) });
    },
    /** The documents of a collection by id, with what tells when each was written. */
    async documents(name: InsightCollection) {
      const { docs } = await insights(name).get();
      return new Map(docs.map((doc) => [doc.id, { ...doc.data(), writtenAt: doc.updateTime.toMillis() }]));
    },
    async stop() {
      await store.stop();
      clock.stop();
      await server.stop();
      await storage.stop();
    },
  };
}

export type InsightWorld = Awaited<ReturnType<typeof startInsightWorld>>;

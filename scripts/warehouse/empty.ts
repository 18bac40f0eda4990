import type { Dataset } from '@google-cloud/bigquery';
import { migrate } from '../../functions/src/features/warehouse/migrate.ts';
import { clientOf } from '../../local/bigquery/client.ts';
import { startBigQuery } from '../../local/bigquery/index.ts';
import { MovableClock } from '../../local/clock.ts';
import { DATASET, PROJECT_ID } from '../../local/stack/project.ts';
import { viewText } from './sql.ts';

/** Does `work` with a BigQuery of its own that has the warehouse's tables and views, and no rows. */
export async function withEmptyWarehouse<T>(work: (dataset: Dataset) => Promise<T>): Promise<T> {
  const clock = new MovableClock();
  const server = await startBigQuery({ projectId: PROJECT_ID, clock });
  try {
    const dataset = clientOf(server.url, PROJECT_ID).dataset(DATASET);
    await migrate(dataset, { location: 'US', textOf: viewText });
    return await work(dataset);
  } finally {
    clock.stop();
    await server.stop();
  }
}

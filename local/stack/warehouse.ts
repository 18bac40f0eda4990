import { migrate } from '../../functions/src/features/warehouse/migrate.ts';
import { viewText } from '../../scripts/warehouse/sql.ts';
import { clientOf } from '../bigquery/client.ts';
import { DATASET, PROJECT_ID } from './project.ts';

/** Gives the local BigQuery the tables and views of the warehouse, as `npm run warehouse:migrate` does. Can be repeated. */
export async function migrateLocally(url: string): Promise<void> {
  await migrate(clientOf(url, PROJECT_ID).dataset(DATASET), { location: 'US', textOf: viewText });
}

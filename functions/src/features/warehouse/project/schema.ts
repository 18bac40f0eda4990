import { EVENTS } from '../../../core/warehouse/tables.ts';
import { warehouse } from '../../../platform/bigquery/client.ts';
import { existingWarehouse } from '../../../platform/bigquery/schema.ts';

/** What the warehouse lacks that these rows need, in words; null when nothing. */
export async function lackOf(): Promise<string | null> {
  const existing = await existingWarehouse(await warehouse(), [EVENTS.name]);
  if (!existing) return `there is no dataset: ${REMEDY}`;
  const table = existing.named.get(EVENTS.name);
  if (!table) return `there is no table ${EVENTS.name}: ${REMEDY}`;
  const types = new Map(table.columns.map(({ name, type }) => [name, type]));
  const lacking = EVENTS.columns.filter(({ name, type }) => types.get(name) !== type).map(({ name }) => name);
  return lacking.length === 0 ? null : `the table ${EVENTS.name} lacks ${lacking.join(', ')}: ${REMEDY}`;
}

const REMEDY = 'run npm run warehouse:migrate';

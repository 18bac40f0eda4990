import type { DuckDBConnection } from '@duckdb/node-api';
import { duckTable, type StoredTable } from './catalog.ts';
import { type AllowedChanges, columnDefinition, type Field, schemaChanges } from './schema.ts';
import { identifier } from './sql/types.ts';

/** Alters a table to `schema` within a write, and returns its new description. Throws BigQueryError 400 for a change not `allowed`. */
export async function changeSchema(
  connection: DuckDBConnection,
  table: StoredTable,
  schema: Field[],
  allowed: AllowedChanges,
): Promise<StoredTable> {
  const { datasetId, tableId, fields } = table;
  const { added, relaxed } = schemaChanges(fields, schema, allowed, `${datasetId}.${tableId}`);
  const name = duckTable(datasetId, tableId);
  for (const field of added) await connection.run(`ALTER TABLE ${name} ADD COLUMN ${columnDefinition(field)}`);
  for (const field of relaxed) {
    await connection.run(`ALTER TABLE ${name} ALTER COLUMN ${identifier(field.name)} DROP NOT NULL`);
  }
  // The order in which columns came is DuckDB's too; only their descriptions and modes follow the new schema.
  const changed = fields.map(
    (old) => schema.find((field) => field.name.toLowerCase() === old.name.toLowerCase()) ?? old,
  );
  return { ...table, fields: [...changed, ...added] };
}

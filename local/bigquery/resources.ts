import type { DuckDBConnection } from '@duckdb/node-api';
import type { Database } from './database.ts';

export type ResourceKind = 'dataset' | 'table' | 'job';

/** Stores a resource in the writer's transaction. */
export async function putResource(
  connection: DuckDBConnection,
  kind: ResourceKind,
  id: string,
  resource: object,
): Promise<void> {
  const values = { kind, id, resource: JSON.stringify(resource) };
  await connection.run('INSERT OR REPLACE INTO resources VALUES ($kind, $id, $resource)', values);
}

export async function deleteResource(connection: DuckDBConnection, kind: ResourceKind, id: string): Promise<void> {
  await connection.run('DELETE FROM resources WHERE kind = $kind AND id = $id', { kind, id });
}

/** Every stored resource of a kind, by id. */
export async function allResources<T>(database: Database, kind: ResourceKind): Promise<Map<string, T>> {
  const rows = await database.read(`SELECT id, resource FROM resources WHERE kind = '${kind}' ORDER BY id`);
  return new Map(rows.map(([id, resource]) => [String(id), JSON.parse(String(resource)) as T]));
}

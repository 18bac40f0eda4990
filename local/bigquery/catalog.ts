import type { DuckDBConnection } from '@duckdb/node-api';
import type { Database } from './database.ts';
import { duplicate, invalid, notFound } from './errors.ts';
import { allResources, deleteResource, putResource } from './resources.ts';
import { columnDefinition, type Field } from './schema.ts';
import type { Column } from './sql/scope.ts';
import { identifier } from './sql/types.ts';

export interface StoredDataset {
  datasetId: string;
  /** Labels, description and the like, as they were given. */
  settings: Record<string, unknown>;
  createdMs: number;
  modifiedMs: number;
}

export interface StoredTable {
  datasetId: string;
  tableId: string;
  fields: Field[];
  /** Set for a view: its GoogleSQL, and the columns it had when it was stored. */
  view?: { query: string; columns: Column[] };
  settings: Record<string, unknown>;
  createdMs: number;
  modifiedMs: number;
  /** What was loaded, as JSON: what a query of this table is said to process. */
  loadedBytes: number;
  rows: number;
}

/** DuckDB's name of a table. */
export const duckTable = (datasetId: string, tableId: string): string =>
  `${identifier(`ds_${datasetId}`)}.${identifier(tableId)}`;

/** The datasets and tables there are: in memory for lookups, in the database for the next start. */
export class Catalog {
  readonly projectId: string;
  readonly #database: Database;
  readonly #datasets: Map<string, StoredDataset>;
  readonly #tables: Map<string, StoredTable>;

  private constructor(
    projectId: string,
    database: Database,
    stored: [Map<string, StoredDataset>, Map<string, StoredTable>],
  ) {
    this.projectId = projectId;
    this.#database = database;
    [this.#datasets, this.#tables] = stored;
  }

  static async open(projectId: string, database: Database): Promise<Catalog> {
    const datasets = await allResources<StoredDataset>(database, 'dataset');
    return new Catalog(projectId, database, [datasets, await allResources<StoredTable>(database, 'table')]);
  }

  datasets(): StoredDataset[] {
    return [...this.#datasets.values()];
  }

  /** Throws BigQueryError 404. */
  dataset(datasetId: string): StoredDataset {
    const dataset = this.#datasets.get(datasetId);
    if (!dataset) throw notFound(`Dataset ${this.projectId}:${datasetId}`);
    return dataset;
  }

  tables(datasetId: string): StoredTable[] {
    this.dataset(datasetId);
    return [...this.#tables.values()].filter((table) => table.datasetId === datasetId);
  }

  /** Throws BigQueryError 404. */
  table(datasetId: string, tableId: string): StoredTable {
    this.dataset(datasetId);
    const table = this.#tables.get(`${datasetId}.${tableId}`);
    if (!table) throw notFound(`Table ${this.projectId}:${datasetId}.${tableId}`);
    return table;
  }

  /** Throws BigQueryError 409 when it exists. */
  async createDataset(dataset: StoredDataset): Promise<void> {
    const { datasetId } = dataset;
    await this.#database.write(async (connection) => {
      if (this.#datasets.has(datasetId)) throw duplicate(`Dataset ${this.projectId}:${datasetId}`);
      await connection.run(`CREATE SCHEMA ${identifier(`ds_${datasetId}`)}`);
      await putResource(connection, 'dataset', datasetId, dataset);
    });
    this.#datasets.set(datasetId, dataset);
  }

  async updateDataset(dataset: StoredDataset): Promise<void> {
    await this.#database.write((connection) => putResource(connection, 'dataset', dataset.datasetId, dataset));
    this.#datasets.set(dataset.datasetId, dataset);
  }

  /** Throws BigQueryError 400 when it has tables, unless they are to go with it. */
  async deleteDataset(datasetId: string, deleteContents: boolean): Promise<void> {
    const tables = this.tables(datasetId);
    if (tables.length > 0 && !deleteContents) throw invalid(`Dataset ${this.projectId}:${datasetId} is still in use`);
    for (const { tableId } of tables) await this.deleteTable(datasetId, tableId);
    await this.#database.write(async (connection) => {
      await connection.run(`DROP SCHEMA ${identifier(`ds_${datasetId}`)}`);
      await deleteResource(connection, 'dataset', datasetId);
    });
    this.#datasets.delete(datasetId);
  }

  /** Throws BigQueryError 409 when it exists. */
  async createTable(table: StoredTable): Promise<void> {
    await this.#database.write((connection) => this.createTableIn(connection, table));
    this.keep(table);
  }

  /** Creates a table within a write; `keep` it once that is committed. Throws BigQueryError 409 when it exists. */
  async createTableIn(connection: DuckDBConnection, table: StoredTable): Promise<void> {
    const { datasetId, tableId, fields, view } = table;
    if (this.#tables.has(`${datasetId}.${tableId}`)) throw duplicate(`Table ${this.projectId}:${datasetId}.${tableId}`);
    if (!view)
      await connection.run(
        `CREATE TABLE ${duckTable(datasetId, tableId)} (${fields.map(columnDefinition).join(', ')})`,
      );
    await this.putTable(connection, table);
  }

  /** Stores a table's description within a write; `keep` it once that is committed. */
  putTable(connection: DuckDBConnection, table: StoredTable): Promise<void> {
    return putResource(connection, 'table', `${table.datasetId}.${table.tableId}`, table);
  }

  /** Makes a committed description the one in force. */
  keep(table: StoredTable): void {
    this.#tables.set(`${table.datasetId}.${table.tableId}`, table);
  }

  /** Throws BigQueryError 404. */
  async deleteTable(datasetId: string, tableId: string): Promise<void> {
    await this.#database.write(async (connection) => {
      const { view } = this.table(datasetId, tableId);
      if (!view) await connection.run(`DROP TABLE ${duckTable(datasetId, tableId)}`);
      await deleteResource(connection, 'table', `${datasetId}.${tableId}`);
    });
    this.#tables.delete(`${datasetId}.${tableId}`);
  }
}

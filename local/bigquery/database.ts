import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance, type DuckDBValue } from '@duckdb/node-api';
import { BigQueryError } from './errors.ts';
import { MACROS } from './sql/macros.ts';

/** More rows than this a query may not answer here: results are held in memory for paging. */
const MAX_RESULT_ROWS = 200_000;
const MAX_CLOSE_MS = 2_000;

/** DuckDB: one connection that writes, one transaction after the other, and one for each query. */
export class Database {
  readonly #instance: DuckDBInstance;
  readonly #writer: DuckDBConnection;
  #lastWrite: Promise<unknown> = Promise.resolve();

  private constructor(instance: DuckDBInstance, writer: DuckDBConnection) {
    this.#instance = instance;
    this.#writer = writer;
  }

  /** Opens the database in `dataDir`, or in memory. */
  static async open(dataDir?: string): Promise<Database> {
    if (dataDir !== undefined) mkdirSync(dataDir, { recursive: true });
    const path = dataDir === undefined ? ':memory:' : join(dataDir, 'bigquery.duckdb');
    const instance = await DuckDBInstance.create(path, { threads: '2', autoinstall_known_extensions: 'false' });
    const writer = await instance.connect();
    await writer.run("SET TimeZone = 'UTC'");
    for (const macro of MACROS) await writer.run(`CREATE OR REPLACE MACRO ${macro}`);
    await writer.run(
      'CREATE TABLE IF NOT EXISTS resources (kind VARCHAR, id VARCHAR, resource VARCHAR, PRIMARY KEY (kind, id))',
    );
    return new Database(instance, writer);
  }

  /** Runs `work` in a transaction of its own, after all that were asked for before it; rolled back when it throws. */
  write<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    const run = async (): Promise<T> => {
      await this.#writer.run('BEGIN TRANSACTION');
      try {
        const result = await work(this.#writer);
        await this.#writer.run('COMMIT');
        return result;
      } catch (error) {
        // DuckDB has already ended a transaction whose COMMIT failed; the first error is the one to report.
        await this.#writer.run('ROLLBACK').catch(() => undefined);
        throw error;
      }
    };
    const result = this.#lastWrite.then(run);
    // A failed write must not stop those after it; whoever asked for it gets the error.
    this.#lastWrite = result.catch(() => undefined);
    return result;
  }

  /** The rows of a query. Throws BigQueryError 400 when it fails or answers too many rows. */
  async read(sql: string): Promise<DuckDBValue[][]> {
    const connection = await this.#instance.connect();
    try {
      await connection.run("SET TimeZone = 'UTC'");
      const reader = await connection.runAndReadUntil(sql, MAX_RESULT_ROWS + 1);
      if (reader.currentRowCount > MAX_RESULT_ROWS) {
        throw new BigQueryError(403, 'responseTooLarge', `The local BigQuery answers at most ${MAX_RESULT_ROWS} rows.`);
      }
      return reader.getRows();
    } catch (error) {
      if (error instanceof BigQueryError) throw error;
      throw new BigQueryError(400, 'invalidQuery', firstLine(error), 'query');
    } finally {
      connection.closeSync();
    }
  }

  /** Throws BigQueryError 400 when DuckDB cannot plan the query; does not run it. */
  async check(sql: string): Promise<void> {
    await this.read(`EXPLAIN ${sql}`);
  }

  /** Ends once no write is under way, or after 2 s: then the unfinished write is rolled back. */
  async close(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, MAX_CLOSE_MS);
    });
    await Promise.race([this.#lastWrite, late]);
    clearTimeout(timer);
    this.#writer.closeSync();
    this.#instance.closeSync();
  }
}

const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';

import type { DuckDBConnection } from '@duckdb/node-api';
import type { MovableClock } from '../clock.ts';
import { type Catalog, duckTable, type StoredTable } from './catalog.ts';
import type { Database } from './database.ts';
import { BigQueryError, duplicate, invalid, notFound } from './errors.ts';
import type { Faults } from './faults.ts';
import type { Job, Jobs } from './jobs.ts';
import type { LoadRequest } from './load-request.ts';
import { appendRow, jsonRows, rowValues } from './ndjson.ts';
import { changeSchema } from './table-changes.ts';

interface LoadParts {
  database: Database;
  catalog: Catalog;
  jobs: Jobs;
  faults: Faults;
  clock: MovableClock;
}

/**
 * Loads newline-delimited JSON in one transaction: rows, schema changes and the finished job become visible together or
 * not at all. Throws BigQueryError when the job is to fail.
 */
export async function load(job: Job, request: LoadRequest, bytes: Buffer, parts: LoadParts): Promise<void> {
  const { database, catalog, jobs, faults, clock } = parts;
  if (faults.take('failLoads')) {
    throw new BigQueryError(
      503,
      faults.settings.failReason,
      'An internal error occurred and the job could not be completed.',
    );
  }
  const finished: Job = { ...job, state: 'DONE' };
  const table = await database.write(async (connection) => {
    const before = await target(connection, request, parts);
    const rows = append(await appenderOf(connection, before), before, bytes);
    const kept = request.writeDisposition === 'WRITE_TRUNCATE' ? { rows: 0, loadedBytes: 0 } : before;
    const after = {
      ...before,
      rows: kept.rows + rows,
      loadedBytes: kept.loadedBytes + bytes.length,
      modifiedMs: clock.now(),
    };
    await faults.whileStalled();
    finished.endedMs = clock.now();
    finished.statistics = {
      inputFiles: '1',
      inputFileBytes: String(bytes.length),
      outputRows: String(rows),
      outputBytes: String(bytes.length),
      badRecords: '0',
    };
    await catalog.putTable(connection, after);
    await jobs.putJob(connection, finished);
    return after;
  });
  catalog.keep(table);
  Object.assign(job, finished);
}

/** The table to append to: created, emptied or its schema changed as the job asks. */
async function target(
  connection: DuckDBConnection,
  request: LoadRequest,
  { catalog, clock }: LoadParts,
): Promise<StoredTable> {
  const { datasetId, tableId, schema, writeDisposition, createDisposition } = request;
  const existing = catalog.tables(datasetId).find((table) => table.tableId === tableId);
  if (existing?.view) throw invalid(`${datasetId}.${tableId} is a view.`);
  if (!existing) {
    if (createDisposition === 'CREATE_NEVER') throw notFound(`Table ${catalog.projectId}:${datasetId}.${tableId}`);
    if (!schema) throw invalid('No schema specified on job or table.');
    const nowMs = clock.now();
    const settings = request.layout;
    const fresh = {
      datasetId,
      tableId,
      fields: schema,
      settings,
      createdMs: nowMs,
      modifiedMs: nowMs,
      loadedBytes: 0,
      rows: 0,
    };
    await catalog.createTableIn(connection, fresh);
    return fresh;
  }
  if (writeDisposition === 'WRITE_EMPTY' && existing.rows > 0) throw duplicate(`Table ${datasetId}.${tableId}`);
  if (writeDisposition === 'WRITE_TRUNCATE') await connection.run(`DELETE FROM ${duckTable(datasetId, tableId)}`);
  return schema ? changeSchema(connection, existing, schema, request) : existing;
}

const appenderOf = (connection: DuckDBConnection, { datasetId, tableId }: StoredTable) =>
  connection.createAppender(tableId, `ds_${datasetId}`);

function append(appender: Awaited<ReturnType<typeof appenderOf>>, { fields }: StoredTable, bytes: Buffer): number {
  let rows = 0;
  try {
    for (const line of jsonRows(bytes)) {
      appendRow(appender, fields, rowValues(fields, line));
      rows++;
    }
  } finally {
    appender.closeSync();
  }
  return rows;
}

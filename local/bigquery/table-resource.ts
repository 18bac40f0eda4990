import { createHash } from 'node:crypto';
import type { StoredDataset, StoredTable } from './catalog.ts';
import { invalid } from './errors.ts';
import { type Field, wireSchema } from './schema.ts';
import { resultSchema } from './wire.ts';

const ID = /^[A-Za-z0-9_]{1,1024}$/;

/** `{projectId, datasetId, tableId}`. Throws BigQueryError 400 for a bad name or another project. */
export function referenceOf(reference: unknown, ownProjectId: string): { datasetId: string; tableId: string } {
  const { projectId = ownProjectId, datasetId, tableId } = (reference ?? {}) as Record<string, unknown>;
  if (projectId !== ownProjectId) throw invalid(`The local BigQuery has no project ${String(projectId)}.`);
  return { datasetId: validId(datasetId, 'dataset'), tableId: validId(tableId, 'table') };
}

export function validId(id: unknown, what: string): string {
  if (typeof id === 'string' && ID.test(id)) return id;
  throw invalid(`Invalid ${what} ID "${String(id)}". IDs must be letters, digits and underscores.`);
}

/**
 * Partitioning and clustering, kept as they were given: here they change nothing but are checked as
 * https://cloud.google.com/bigquery/docs/creating-partitioned-tables and creating-clustered-tables say.
 * Throws BigQueryError 400.
 */
export function layoutOf(resource: Record<string, unknown>, fields: Field[]): Record<string, unknown> {
  const { timePartitioning, clustering } = resource as {
    timePartitioning?: { type?: unknown; field?: unknown; requirePartitionFilter?: unknown };
    clustering?: { fields?: unknown };
  };
  const find = (name: unknown) => fields.find((field) => field.name === name);
  if (timePartitioning) {
    const { type, field, requirePartitionFilter } = timePartitioning;
    if (!['HOUR', 'DAY', 'MONTH', 'YEAR'].includes(String(type)))
      throw invalid(`Invalid time partitioning type ${String(type)}.`);
    if (field === undefined) throw invalid('The local BigQuery partitions by a field, not by time of arrival.');
    if (!['TIMESTAMP', 'DATE'].includes(find(field)?.type ?? ''))
      throw invalid(`The field ${String(field)} must be a TIMESTAMP or DATE.`);
    if (requirePartitionFilter) throw invalid('The local BigQuery does not know requirePartitionFilter.');
  }
  if (clustering) {
    const names = Array.isArray(clustering.fields) ? clustering.fields : [];
    if (names.length < 1 || names.length > 4) throw invalid('Clustering takes 1 to 4 fields.');
    const wrong = names.find((name) => ['FLOAT64', 'JSON', undefined].includes(find(name)?.type));
    if (wrong !== undefined) throw invalid(`The field ${String(wrong)} cannot be clustered by.`);
  }
  return { ...(timePartitioning && { timePartitioning }), ...(clustering && { clustering }) };
}

/** Changes whenever the resource does. */
export const etagOf = (resource: object): string =>
  createHash('sha256').update(JSON.stringify(resource)).digest('base64url').slice(0, 22);

export function datasetResource(dataset: StoredDataset, projectId: string): Record<string, unknown> {
  const { datasetId, settings, createdMs, modifiedMs } = dataset;
  return {
    kind: 'bigquery#dataset',
    etag: etagOf(dataset),
    id: `${projectId}:${datasetId}`,
    datasetReference: { projectId, datasetId },
    location: 'US',
    ...settings,
    creationTime: String(createdMs),
    lastModifiedTime: String(modifiedMs),
  };
}

/** https://cloud.google.com/bigquery/docs/reference/rest/v2/tables */
export function tableResource(table: StoredTable, projectId: string): Record<string, unknown> {
  const { datasetId, tableId, fields, view, settings, createdMs, modifiedMs, rows, loadedBytes } = table;
  return {
    kind: 'bigquery#table',
    etag: etagOf(table),
    id: `${projectId}:${datasetId}.${tableId}`,
    tableReference: { projectId, datasetId, tableId },
    type: view ? 'VIEW' : 'TABLE',
    schema: view ? resultSchema(view.columns) : wireSchema(fields),
    ...(view && { view: { query: view.query, useLegacySql: false } }),
    ...settings,
    location: 'US',
    creationTime: String(createdMs),
    lastModifiedTime: String(modifiedMs),
    numRows: String(rows),
    numBytes: String(loadedBytes),
  };
}

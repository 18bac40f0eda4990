import type { MovableClock } from '../clock.ts';
import { type Catalog, duckTable } from './catalog.ts';
import type { Database } from './database.ts';
import { BigQueryError, invalid, invalidQuery } from './errors.ts';
import type { Job, QueryAnswer } from './jobs.ts';
import { parseParameters } from './parameters.ts';
import { columnsOf } from './schema.ts';
import type { TranslatedQuery } from './sql/context.ts';
import { parseQuery } from './sql/parse.ts';
import { translateQuery } from './sql/translate.ts';
import type { Typed } from './sql/types.ts';

interface QueryParts {
  database: Database;
  catalog: Catalog;
  clock: MovableClock;
}

/** A query that may run. */
export interface PreparedQuery extends TranslatedQuery {
  /** What was loaded into the tables that it names: BigQuery would say less where partitions or columns are left out. */
  totalBytesProcessed: number;
}

const MAX_VIEW_DEPTH = 16;
const KNOWN = [
  'query',
  'useLegacySql',
  'parameterMode',
  'queryParameters',
  'defaultDataset',
  'maximumBytesBilled',
  'useQueryCache',
  'priority',
  'labels',
  // Google's client sends it along, and the service takes no notice of it.
  'types',
];

/**
 * Translates and checks a query without running it: `configuration.query` of a job.
 * https://cloud.google.com/bigquery/docs/reference/rest/v2/Job#JobConfigurationQuery. Throws BigQueryError 400 or 404.
 */
export async function prepareQuery(query: Record<string, unknown>, parts: QueryParts): Promise<PreparedQuery> {
  const other = Object.keys(query).find((name) => !KNOWN.includes(name) && query[name] !== false);
  if (other) throw invalid(`The local BigQuery does not know ${other} of a query.`);
  if (query.useLegacySql !== false)
    throw invalid('useLegacySql must be false: the local BigQuery knows GoogleSQL only.');
  if (typeof query.query !== 'string') throw invalid('Required parameter is missing: query');
  if (query.parameterMode !== undefined && String(query.parameterMode).toUpperCase() !== 'NAMED')
    throw invalid('parameterMode must be NAMED.');
  const defaultDataset = (query.defaultDataset as { datasetId?: string } | undefined)?.datasetId;
  const tables = new Set<string>();
  const parameters = parseParameters(query.queryParameters);
  const translated = await translate(query.query, { ...parts, parameters, defaultDataset, tables, depth: 0 });
  await parts.database.check(translated.sql);
  const bytes = [...tables].map((id) => parts.catalog.table(...(id.split('.') as [string, string])).loadedBytes);
  const totalBytesProcessed = bytes.reduce((sum, each) => sum + each, 0);
  checkBytes(totalBytesProcessed, query.maximumBytesBilled);
  return { ...translated, totalBytesProcessed };
}

function checkBytes(totalBytes: number, limit: unknown): void {
  if (limit === undefined || totalBytes <= Number(limit)) return;
  const message = `Query exceeded limit for bytes billed: ${String(limit)}. ${totalBytes} or higher required.`;
  throw new BigQueryError(400, 'bytesBilledLimitExceeded', message);
}

interface Place extends QueryParts {
  parameters: Map<string, Typed>;
  defaultDataset: string | undefined;
  /** Collects the `dataset.table` of every table read. */
  tables: Set<string>;
  depth: number;
}

async function translate(sql: string, place: Place): Promise<TranslatedQuery> {
  const tree = await parseQuery(sql);
  const views = await viewsIn(tree, place);
  return translateQuery(tree, {
    parameters: place.parameters,
    nowMs: place.clock.now(),
    table: (path) => {
      const [datasetId, tableId] = pathOf(path, place);
      const table = place.catalog.table(datasetId, tableId);
      const view = views.get(`${datasetId}.${tableId}`);
      if (view) return { sql: `(${view.sql})`, columns: view.columns };
      place.tables.add(`${datasetId}.${tableId}`);
      return { sql: duckTable(datasetId, tableId), columns: columnsOf(table.fields) };
    },
  });
}

function pathOf(path: string[], { catalog, defaultDataset }: Place): [datasetId: string, tableId: string] {
  const [tableId = '', datasetId = defaultDataset, projectId = catalog.projectId] = [...path].reverse();
  if (datasetId === undefined) {
    throw invalidQuery(`Table "${tableId}" must be qualified with a dataset (e.g. dataset.table).`);
  }
  if (path.length > 3 || projectId !== catalog.projectId) throw invalidQuery(`Invalid table name: ${path.join('.')}`);
  return [datasetId, tableId];
}

/** The views that a tree names anywhere, translated: parsing them is asynchronous, translation is not. */
async function viewsIn(tree: unknown, place: Place): Promise<Map<string, TranslatedQuery>> {
  const views = new Map<string, TranslatedQuery>();
  if (place.depth > MAX_VIEW_DEPTH) throw invalidQuery(`Views are nested deeper than ${MAX_VIEW_DEPTH}.`);
  for (const path of tablePaths(tree)) {
    const [tableId = '', datasetId = place.defaultDataset] = [...path].reverse();
    const id = `${datasetId}.${tableId}`;
    const stored = datasetId && place.catalog.datasets().some((dataset) => dataset.datasetId === datasetId);
    const view = stored && place.catalog.tables(datasetId).find((table) => table.tableId === tableId)?.view;
    if (!view || views.has(id)) continue;
    const inner = { ...place, parameters: new Map(), defaultDataset: undefined, depth: place.depth + 1 };
    views.set(id, await translate(view.query, inner));
  }
  return views;
}

function tablePaths(tree: unknown): string[][] {
  if (typeof tree !== 'object' || tree === null) return [];
  const table = (
    tree as { table?: { name?: { name?: string }; schema?: { name?: string }; catalog?: { name?: string } } }
  ).table;
  const names = [table?.catalog?.name, table?.schema?.name, table?.name?.name];
  const own = typeof table?.name?.name === 'string' ? [names.flatMap((name) => name?.split('.') ?? [])] : [];
  return [...own, ...Object.values(tree).flatMap(tablePaths)];
}

/** Runs a prepared query. Throws BigQueryError when it fails. */
export async function runQuery(job: Job, query: PreparedQuery, { database }: QueryParts): Promise<QueryAnswer> {
  const rows = await database.read(query.sql);
  // DuckDB goes on with Infinity and NaN where BigQuery ends the query.
  const overflown = rows.some((row) => row.some((value) => typeof value === 'number' && !Number.isFinite(value)));
  if (overflown) throw invalidQuery('Floating point error: a result is Infinity or NaN.');
  job.totalBytesProcessed = query.totalBytesProcessed;
  job.statistics = { statementType: 'SELECT', totalBytesBilled: String(query.totalBytesProcessed), cacheHit: false };
  return { columns: query.columns, rows };
}

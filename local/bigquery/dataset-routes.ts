import type { StoredDataset, StoredTable } from './catalog.ts';
import { BigQueryError, invalid } from './errors.ts';
import type { ApiCall, Body, Parts } from './parts.ts';
import { prepareQuery } from './query.ts';
import { parseSchema } from './schema.ts';
import { changeSchema } from './table-changes.ts';
import { datasetResource, etagOf, layoutOf, referenceOf, tableResource, validId } from './table-resource.ts';

const DATASET_SETTINGS = ['location', 'description', 'friendlyName', 'labels', 'access'];
const TABLE_SETTINGS = ['description', 'friendlyName', 'labels'];
const LAYOUT = ['timePartitioning', 'clustering'];
/** Fields that the service writes; a caller that sends back what it got may include them. */
const OUTPUT = ['kind', 'etag', 'id', 'selfLink', 'type', 'creationTime', 'lastModifiedTime', 'numRows', 'numBytes'];
/** Who is meant; `projectId` is what Google's client sends beside a dataset. */
const REFERENCES = ['datasetReference', 'tableReference', 'projectId'];

/** The settings in `body`. Throws BigQueryError 400 naming what is not known. */
function settingsOf(body: Body, known: string[], besides: string[] = []): Body {
  const other = Object.keys(body).find((name) => ![...known, ...besides, ...OUTPUT, ...REFERENCES].includes(name));
  if (other) throw invalid(`The local BigQuery does not know ${other} here.`);
  return Object.fromEntries(Object.entries(body).filter(([name]) => known.includes(name)));
}

function checkEtag(resource: object, ifMatch: string | undefined): void {
  if (ifMatch === undefined || ifMatch === '*' || ifMatch.replaceAll('"', '') === etagOf(resource)) return;
  throw new BigQueryError(412, 'conditionNotMet', 'Precondition check failed.');
}

/** https://cloud.google.com/bigquery/docs/reference/rest/v2/datasets: list, insert, get, patch, delete. */
export async function answerDatasets(call: ApiCall, { catalog, clock }: Parts): Promise<Body | undefined> {
  const { method, segments, body } = call;
  const { projectId } = catalog;
  const datasetId = segments[1];
  if (datasetId === undefined) {
    if (method === 'GET') return { datasets: catalog.datasets().map((each) => datasetResource(each, projectId)) };
    if (method !== 'POST') return undefined;
    const id = validId((body.datasetReference as Body | undefined)?.datasetId, 'dataset');
    const nowMs = clock.now();
    const dataset: StoredDataset = {
      datasetId: id,
      settings: settingsOf(body, DATASET_SETTINGS),
      createdMs: nowMs,
      modifiedMs: nowMs,
    };
    await catalog.createDataset(dataset);
    return datasetResource(dataset, projectId);
  }
  const dataset = catalog.dataset(datasetId);
  if (method === 'GET') return datasetResource(dataset, projectId);
  if (method === 'DELETE') {
    await catalog.deleteDataset(datasetId, call.query.get('deleteContents') === 'true');
    return {};
  }
  if (method !== 'PATCH') return undefined;
  checkEtag(dataset, call.ifMatch);
  const settings = { ...dataset.settings, ...settingsOf(body, DATASET_SETTINGS) };
  const changed = { ...dataset, settings, modifiedMs: clock.now() };
  await catalog.updateDataset(changed);
  return datasetResource(changed, projectId);
}

/** https://cloud.google.com/bigquery/docs/reference/rest/v2/tables: list, insert, get, patch, delete. */
export async function answerTables(call: ApiCall, parts: Parts): Promise<Body | undefined> {
  const { method, segments, body } = call;
  const { catalog } = parts;
  const { projectId } = catalog;
  const [, datasetId = '', , tableId] = segments;
  if (tableId === undefined) {
    if (method === 'GET') return tableList(catalog.tables(datasetId), projectId);
    if (method !== 'POST') return undefined;
    catalog.dataset(datasetId);
    const table = await newTable(datasetId, body, parts);
    await catalog.createTable(table);
    return tableResource(table, projectId);
  }
  const table = catalog.table(datasetId, tableId);
  if (method === 'GET') return tableResource(table, projectId);
  if (method === 'DELETE') {
    await catalog.deleteTable(datasetId, tableId);
    return {};
  }
  if (method !== 'PATCH') return undefined;
  checkEtag(table, call.ifMatch);
  return tableResource(await patched(table, body, parts), projectId);
}

function tableList(tables: StoredTable[], projectId: string): Body {
  return { tables: tables.map((table) => tableResource(table, projectId)), totalItems: tables.length };
}

async function newTable(datasetId: string, body: Body, parts: Parts): Promise<StoredTable> {
  const { catalog, clock } = parts;
  const { tableId } = referenceOf({ datasetId, ...(body.tableReference as Body | undefined) }, catalog.projectId);
  const nowMs = clock.now();
  const stored = { datasetId, tableId, createdMs: nowMs, modifiedMs: nowMs, loadedBytes: 0, rows: 0 };
  const settings = settingsOf(body, TABLE_SETTINGS, ['schema', 'view', ...LAYOUT]);
  if (body.view) return { ...stored, settings, fields: [], view: await viewOf(body.view as Body, parts) };
  const fields = parseSchema(body.schema);
  return { ...stored, fields, settings: { ...settings, ...layoutOf(body, fields) } };
}

async function viewOf(view: Body, parts: Parts): Promise<NonNullable<StoredTable['view']>> {
  const { query, useLegacySql } = view;
  const { columns } = await prepareQuery({ query, useLegacySql }, parts);
  return { query: String(query), columns };
}

async function patched(table: StoredTable, body: Body, parts: Parts): Promise<StoredTable> {
  const { catalog, clock, database } = parts;
  const settings = settingsOf(body, TABLE_SETTINGS, ['schema', 'view', 'location', ...LAYOUT]);
  if (
    body.timePartitioning &&
    JSON.stringify(body.timePartitioning) !== JSON.stringify(table.settings.timePartitioning)
  ) {
    throw invalid('Cannot convert the partitioning of an existing table.');
  }
  const view = body.view ? await viewOf(body.view as Body, parts) : table.view;
  const schema = body.schema && !view ? parseSchema(body.schema) : undefined;
  const changed = await database.write(async (connection) => {
    // Read again: a load that stood before this in the queue has counted its rows since.
    const current = catalog.table(table.datasetId, table.tableId);
    const allowed = { addition: true, relaxation: true };
    const base = schema ? await changeSchema(connection, current, schema, allowed) : current;
    const merged = { ...current.settings, ...settings, ...layoutOf(body, base.fields) };
    const result = { ...base, ...(view && { view }), settings: merged, modifiedMs: clock.now() };
    await catalog.putTable(connection, result);
    return result;
  });
  catalog.keep(changed);
  return changed;
}

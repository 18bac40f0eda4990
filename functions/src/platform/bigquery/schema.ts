import type { Dataset, Table as TableHandle } from '@google-cloud/bigquery';
import type { Existing, ExistingWarehouse, Step, View } from '../../core/warehouse/plan.ts';
import type { Column, Table } from '../../core/warehouse/tables.ts';

/** The names that the API answers for types, where they are older than GoogleSQL's. */
const TYPES: Readonly<Record<string, string>> = { INTEGER: 'INT64', BOOLEAN: 'BOOL', FLOAT: 'FLOAT64' };

/** A dataset, and what it has under these names; undefined where there is no such dataset. */
export async function existingWarehouse(
  dataset: Dataset,
  names: readonly string[],
): Promise<ExistingWarehouse | undefined> {
  const found = await metadataOf(dataset);
  if (!found) return undefined;
  const named = new Map<string, Existing>();
  for (const name of names) {
    const metadata = await metadataOf(dataset.table(name));
    if (metadata) named.set(name, existingOf(metadata));
  }
  return { location: found.location ?? '', description: found.description ?? '', named };
}

/** Does what a step of a migration says. */
export async function takeStep(dataset: Dataset, step: Step): Promise<void> {
  switch (step.do) {
    case 'createDataset':
      await dataset.create({ location: step.location, description: step.description });
      return;
    case 'describeDataset':
      await dataset.setMetadata({ description: step.description });
      return;
    case 'createTable': {
      const { name, partitionBy } = step.table;
      const timePartitioning = { type: 'DAY', field: partitionBy };
      await dataset.createTable(name, { ...resourceOf(step.table), timePartitioning });
      return;
    }
    case 'changeTable':
      await dataset.table(step.table.name).setMetadata(resourceOf(step.table));
      return;
    case 'createView':
      await dataset.createTable(step.view.name, viewResource(step.view));
      return;
    case 'changeView':
      await dataset.table(step.view.name).setMetadata(viewResource(step.view));
      return;
  }
}

const resourceOf = ({ description, columns, clusterBy }: Table) => ({
  description,
  schema: { fields: columns.map((column) => ({ ...column })) },
  clustering: { fields: [...clusterBy] },
});

const viewResource = ({ description, query }: View) => ({ description, view: { query, useLegacySql: false } });

/** What is read of a resource: https://cloud.google.com/bigquery/docs/reference/rest/v2/tables#Table */
interface Resource {
  location?: string;
  description?: string;
  schema?: { fields?: { name: string; type: string; mode?: string; description?: string }[] };
  timePartitioning?: { type?: string; field?: string };
  clustering?: { fields?: string[] };
  view?: { query?: string };
}

async function metadataOf(handle: Dataset | TableHandle): Promise<Resource | undefined> {
  try {
    const [metadata] = await handle.getMetadata();
    return metadata;
  } catch (error) {
    if ((error as { code?: unknown }).code === 404) return undefined;
    throw error;
  }
}

function existingOf({ description = '', schema, timePartitioning, clustering, view }: Resource): Existing {
  const columns = (schema?.fields ?? []).map(
    ({ name, type, mode = 'NULLABLE', description: text = '' }) =>
      // A type or mode that this project does not use differs from every wanted one, which is all that is asked of it.
      ({ name, type: TYPES[type] ?? type, mode, description: text }) as Column,
  );
  const partitionBy = timePartitioning?.type === 'DAY' ? timePartitioning.field : undefined;
  return { description, columns, partitionBy, clusterBy: clustering?.fields ?? [], query: view?.query };
}

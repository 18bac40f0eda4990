import { columnChanges } from './columnChanges.ts';
import type { Column, Table } from './tables.ts';

/** A view: `query` is GoogleSQL. */
export interface View {
  name: string;
  description: string;
  query: string;
}

/** What the warehouse should be. A view that reads another comes after it. */
export interface WantedWarehouse {
  /** Where the data is kept, such as US or europe-west1. */
  location: string;
  description: string;
  tables: readonly Table[];
  views: readonly View[];
}

/** What there is under one name: a table has columns, a view has a query. */
export interface Existing {
  description: string;
  columns: readonly Column[];
  /** The column of which there is a partition a UTC day. */
  partitionBy?: string | undefined;
  clusterBy: readonly string[];
  query?: string | undefined;
}

/** A dataset as it is, and what it has under the names that are wanted. */
export interface ExistingWarehouse {
  location: string;
  description: string;
  named: ReadonlyMap<string, Existing>;
}

/** Something to do, and in words what it changes. */
export type Step = { text: string } & (
  | { do: 'createDataset' | 'describeDataset'; location: string; description: string }
  | { do: 'createTable'; table: Table }
  | { do: 'changeTable'; table: Table }
  | { do: 'createView' | 'changeView'; view: View }
);

/** Steps in the order in which they can be taken, and what stands in the way: then none should be. */
export interface MigrationPlan {
  steps: Step[];
  refused: string[];
}

/** What makes the warehouse that there is (undefined: none) the one that is wanted. Nothing is ever taken away. */
export function planOf(wanted: WantedWarehouse, existing: ExistingWarehouse | undefined): MigrationPlan {
  const plan: MigrationPlan = { steps: [], refused: [] };
  planDataset(plan, wanted, existing);
  for (const table of wanted.tables) planTable(plan, table, existing?.named.get(table.name));
  for (const view of wanted.views) planView(plan, view, existing?.named.get(view.name));
  return plan;
}

function planDataset({ steps, refused }: MigrationPlan, wanted: WantedWarehouse, existing?: ExistingWarehouse): void {
  const { location, description } = wanted;
  if (!existing) {
    steps.push({ do: 'createDataset', location, description, text: `create the dataset in ${location}` });
    return;
  }
  if (existing.location.toLowerCase() !== location.toLowerCase()) {
    refused.push(`the dataset is in ${existing.location}, and BigQuery cannot move it to ${location}`);
  }
  if (existing.description !== description) {
    steps.push({ do: 'describeDataset', location, description, text: 'describe the dataset' });
  }
}

function planTable({ steps, refused }: MigrationPlan, table: Table, existing?: Existing): void {
  const { name, columns, partitionBy, clusterBy } = table;
  if (!existing) {
    const layout = `a partition a day of ${partitionBy}, clustered by ${clusterBy.join(', ')}`;
    steps.push({ do: 'createTable', table, text: `create the table ${name}: ${columns.length} columns, ${layout}` });
    return;
  }
  if (existing.query !== undefined) {
    refused.push(`${name} is a view, and should be a table`);
    return;
  }
  const changed = columnChanges(existing.columns, columns);
  refused.push(...changed.refused.map((reason) => `table ${name}: ${reason}`));
  if (existing.partitionBy !== partitionBy) {
    const is = existing.partitionBy === undefined ? 'not partitioned by day' : `partitioned by ${existing.partitionBy}`;
    refused.push(`table ${name}: it is ${is}, and BigQuery cannot change that to ${partitionBy}`);
  }
  const texts = [...changed.texts];
  if (existing.clusterBy.join() !== clusterBy.join()) texts.push(`cluster by ${clusterBy.join(', ')}`);
  if (existing.description !== table.description) texts.push('describe it');
  if (texts.length > 0) steps.push({ do: 'changeTable', table, text: `table ${name}: ${texts.join('; ')}` });
}

function planView({ steps, refused }: MigrationPlan, view: View, existing?: Existing): void {
  const { name } = view;
  if (!existing) {
    steps.push({ do: 'createView', view, text: `create the view ${name}` });
    return;
  }
  if (existing.query === undefined) {
    refused.push(`${name} is a table, and should be a view`);
    return;
  }
  const texts = [
    ...(existing.query === view.query ? [] : ['its query']),
    ...(existing.description === view.description ? [] : ['its description']),
  ];
  if (texts.length > 0) steps.push({ do: 'changeView', view, text: `view ${name}: change ${texts.join(' and ')}` });
}

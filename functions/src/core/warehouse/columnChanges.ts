import type { Column } from './tables.ts';

/** What changes of a table's columns, in words, and what BigQuery does not let change. */
export interface ColumnChanges {
  texts: string[];
  refused: string[];
}

/**
 * The way from the columns that there are to those that are wanted: they may be added, become NULLABLE and be described anew.
 * https://cloud.google.com/bigquery/docs/managing-table-schemas
 */
export function columnChanges(existing: readonly Column[], wanted: readonly Column[]): ColumnChanges {
  const changes: ColumnChanges = { texts: [], refused: [] };
  for (const column of wanted) changeOf(changes, find(existing, column), column);
  for (const column of existing) {
    if (find(wanted, column)) continue;
    changes.refused.push(`column ${column.name} is in BigQuery only, and a migration does not remove data`);
  }
  return changes;
}

function changeOf({ texts, refused }: ColumnChanges, existing: Column | undefined, wanted: Column): void {
  const { name, type, mode, description } = wanted;
  if (!existing) {
    if (mode === 'REQUIRED') refused.push(`column ${name} is new and REQUIRED; what is added must be NULLABLE`);
    else texts.push(`add ${name} ${type}`);
    return;
  }
  if (existing.type !== type) refused.push(`column ${name} is ${existing.type}, and BigQuery cannot make it ${type}`);
  if (existing.mode !== mode) {
    if (mode === 'NULLABLE') texts.push(`let ${name} be NULL`);
    else refused.push(`column ${name} is NULLABLE, and BigQuery cannot make it REQUIRED`);
  }
  if (existing.description !== description) texts.push(`describe ${name}`);
}

/** BigQuery's names of columns are the same in capitals. */
const find = (columns: readonly Column[], { name }: Column) =>
  columns.find((column) => column.name.toLowerCase() === name.toLowerCase());

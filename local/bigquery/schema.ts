import { type BigQueryError, invalid } from './errors.ts';
import type { Column } from './sql/scope.ts';
import { duckType, identifier, SCALARS, type Scalar } from './sql/types.ts';

export type Mode = 'NULLABLE' | 'REQUIRED';

export interface Field {
  name: string;
  type: Scalar;
  mode: Mode;
  description?: string;
}

/** The names that the v2 API answers for types, where they differ from GoogleSQL's. */
const LEGACY: Partial<Record<Scalar, string>> = { INT64: 'INTEGER', FLOAT64: 'FLOAT', BOOL: 'BOOLEAN' };
export const wireType = (type: Scalar): string => LEGACY[type] ?? type;

function typeOf(value: unknown, name: string): Scalar {
  const text = String(value).toUpperCase();
  const type = SCALARS.find((scalar) => scalar === text || LEGACY[scalar] === text);
  if (!type) throw invalid(`The local BigQuery does not know the type ${text} of field ${name}.`);
  return type;
}

/** The fields of a `TableSchema`. Throws BigQueryError 400 for what is not known, missing or given twice. */
export function parseSchema(schema: unknown): Field[] {
  const list = (schema as { fields?: unknown } | null | undefined)?.fields;
  if (!Array.isArray(list) || list.length === 0) throw invalid('Schema has no fields.');
  const fields = list.map(parseField);
  const names = fields.map(({ name }) => name.toLowerCase());
  const repeated = names.find((name, at) => names.indexOf(name) !== at);
  if (repeated) throw invalid(`Invalid schema: field ${repeated} appears more than once.`);
  return fields;
}

function parseField(field: unknown): Field {
  const { name, type, mode = 'NULLABLE', description, ...rest } = (field ?? {}) as Record<string, unknown>;
  const [other] = Object.keys(rest);
  if (other) throw invalid(`The local BigQuery does not know ${other} of a field.`);
  if (typeof name !== 'string' || !/^[A-Za-z_][A-Za-z0-9_]{0,299}$/.test(name)) {
    throw invalid(`Invalid field name "${String(name)}".`);
  }
  if (mode !== 'NULLABLE' && mode !== 'REQUIRED')
    throw invalid(`The local BigQuery does not know mode ${String(mode)}.`);
  return { name, type: typeOf(type, name), mode, ...(typeof description === 'string' && { description }) };
}

export interface AllowedChanges {
  addition: boolean;
  relaxation: boolean;
}

/**
 * What must be added to and relaxed in `before` to get `after`. Throws BigQueryError 400 for any other difference, as
 * https://cloud.google.com/bigquery/docs/managing-table-schemas says.
 */
export function schemaChanges(before: Field[], after: Field[], allowed: AllowedChanges, table: string) {
  const mismatch = (what: string): BigQueryError => invalid(`Provided Schema does not match Table ${table}. ${what}`);
  const find = (fields: Field[], { name }: Field) => fields.find((f) => f.name.toLowerCase() === name.toLowerCase());
  for (const field of before) {
    if (!find(after, field)) throw mismatch(`Field ${field.name} is missing in new schema`);
  }
  const added = after.filter((field) => !find(before, field));
  const relaxed: Field[] = [];
  for (const field of after) {
    const old = find(before, field);
    if (!old) continue;
    if (old.type !== field.type) {
      throw mismatch(`Field ${field.name} has changed type from ${wireType(old.type)} to ${wireType(field.type)}`);
    }
    if (old.mode === field.mode) continue;
    if (field.mode === 'REQUIRED' || !allowed.relaxation) {
      throw mismatch(`Field ${field.name} has changed mode from ${old.mode} to ${field.mode}`);
    }
    relaxed.push(field);
  }
  const refused = added.find(({ mode }) => !allowed.addition || mode === 'REQUIRED');
  if (refused)
    throw mismatch(`Cannot add ${refused.mode === 'REQUIRED' ? 'required ' : ''}fields (field: ${refused.name})`);
  return { added, relaxed };
}

export const wireSchema = (fields: Field[]) => ({
  fields: fields.map((field) => ({ ...field, type: wireType(field.type) })),
});

/** `"name" TYPE NOT NULL`, for CREATE TABLE. */
export const columnDefinition = ({ name, type, mode }: Field): string =>
  `${identifier(name)} ${duckType(type)}${mode === 'REQUIRED' ? ' NOT NULL' : ''}`;

/** The columns that a query sees. */
export const columnsOf = (fields: Field[]): Column[] => fields.map(({ name, type }) => ({ name, type }));

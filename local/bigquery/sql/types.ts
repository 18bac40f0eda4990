import { invalidQuery } from '../errors.ts';

/** https://cloud.google.com/bigquery/docs/reference/standard-sql/data-types: the types this project uses. */
export const SCALARS = ['STRING', 'INT64', 'FLOAT64', 'BOOL', 'TIMESTAMP', 'DATE', 'JSON', 'NUMERIC'] as const;
export type Scalar = (typeof SCALARS)[number];
/** NULL is the type of a bare `NULL`, which fits every other. */
export type SqlType = Scalar | `ARRAY<${Scalar}>` | 'NULL';

/** An expression in DuckDB's words, and its type in BigQuery's. */
export interface Typed {
  sql: string;
  type: SqlType;
}

const DUCK: Record<Scalar, string> = {
  STRING: 'VARCHAR',
  INT64: 'BIGINT',
  FLOAT64: 'DOUBLE',
  BOOL: 'BOOLEAN',
  TIMESTAMP: 'TIMESTAMPTZ',
  DATE: 'DATE',
  JSON: 'JSON',
  NUMERIC: 'DECIMAL(38,9)',
};

/** What an implicit coercion may widen. https://cloud.google.com/bigquery/docs/reference/standard-sql/conversion_rules */
const WIDER: Partial<Record<SqlType, SqlType[]>> = { INT64: ['NUMERIC', 'FLOAT64'], NUMERIC: ['FLOAT64'] };

export const isNumber = (type: SqlType): boolean => ['INT64', 'FLOAT64', 'NUMERIC', 'NULL'].includes(type);
/** Types that may be compared, ordered and grouped by. */
export const isOrdered = (type: SqlType): boolean => type !== 'JSON' && !type.startsWith('ARRAY<');

/** The type of an array's elements; undefined when `type` is no array. */
export function elementOf(type: SqlType): Scalar | undefined {
  const name = /^ARRAY<(.+)>$/.exec(type)?.[1];
  return SCALARS.find((scalar) => scalar === name);
}

/** The DuckDB type that holds `type`. */
export function duckType(type: SqlType): string {
  const element = elementOf(type);
  if (element) return `${DUCK[element]}[]`;
  return DUCK[type as Scalar] ?? 'BIGINT';
}

export function fits(from: SqlType, to: SqlType): boolean {
  return from === to || from === 'NULL' || WIDER[from]?.includes(to) === true;
}

/** `value` as `to`, cast only where the types differ. Throws BigQueryError when GoogleSQL would not coerce it. */
export function coerced(value: Typed, to: SqlType): string {
  if (value.type === to) return value.sql;
  if (!fits(value.type, to)) throw invalidQuery(`Cannot coerce ${value.type} to ${to}; use CAST.`);
  return `CAST(${value.sql} AS ${duckType(to)})`;
}

/** The one type all of `types` widen to. Throws BigQueryError naming `where` when there is none. */
export function commonType(types: SqlType[], where: string): SqlType {
  const common = ['NULL' as SqlType, ...types].find((type) => types.every((other) => fits(other, type)));
  if (!common) throw invalidQuery(`No matching signature for ${where}: argument types ${types.join(', ')}.`);
  return common;
}

/** A DuckDB string literal. Throws BigQueryError for a NUL character, which DuckDB would end the text at. */
export function quoted(text: string): string {
  if (text.includes('\0')) throw invalidQuery('A string with a NUL character is not known here.');
  return `'${text.replaceAll("'", "''")}'`;
}

/** A DuckDB identifier. */
export const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;

import { invalidQuery } from '../errors.ts';
import { type AllowedSyntax, type Context, SQL_REFERENCE } from './context.ts';
import { only, type Tree, unknown } from './tree.ts';
import { duckType, SCALARS, type SqlType, type Typed } from './types.ts';

/** From, to, and how: only conversions whose text and rounding are the same in both engines, or made so. */
const CASTS: Readonly<Record<string, string>> = {
  'INT64 FLOAT64': 'CAST($ AS DOUBLE)',
  'INT64 NUMERIC': 'CAST($ AS DECIMAL(38,9))',
  'INT64 STRING': 'CAST($ AS VARCHAR)',
  'INT64 BOOL': '($ <> 0)',
  'FLOAT64 INT64': 'CAST(round($) AS BIGINT)',
  'NUMERIC FLOAT64': 'CAST($ AS DOUBLE)',
  'NUMERIC INT64': 'CAST(round($) AS BIGINT)',
  'BOOL INT64': 'CAST($ AS BIGINT)',
  'BOOL STRING': 'CAST($ AS VARCHAR)',
  'DATE STRING': 'CAST($ AS VARCHAR)',
  'DATE TIMESTAMP': "CAST($ AS TIMESTAMP) AT TIME ZONE 'UTC'",
  'TIMESTAMP DATE': "CAST($ AT TIME ZONE 'UTC' AS DATE)",
  'STRING INT64': 'bq_parse_int64($)',
  'STRING FLOAT64': 'bq_parse_float64($)',
  'STRING DATE': 'bq_parse_date($)',
};

/** `INT64` of a data type node. */
function targetType(node: unknown): SqlType {
  const { data_type, name } = (node ?? {}) as { data_type?: unknown; name?: unknown };
  const text = String(data_type === 'custom' ? name : data_type).toUpperCase();
  const synonym = ({ BOOLEAN: 'BOOL', DECIMAL: 'NUMERIC', JSONB: 'JSON' } as Record<string, string>)[text] ?? text;
  const type = SCALARS.find((scalar) => scalar === synonym);
  if (!type) throw unknown(`the type ${text}`);
  return type;
}

function cast(safe: boolean) {
  return (fields: Tree, { expression }: Context): Typed => {
    only('CAST', fields, ['this', 'to']);
    const value = expression(fields.this);
    const type = targetType(fields.to);
    if (value.type === type) return value;
    if (value.type === 'NULL') return { sql: `CAST(NULL AS ${duckType(type)})`, type };
    const template = CASTS[`${value.type} ${type}`];
    if (!template) throw invalidQuery(`The local BigQuery does not know CAST from ${value.type} to ${type}.`);
    const words = safe ? template.replaceAll('CAST(', 'TRY_CAST(').replace('bq_parse_', 'bq_try_') : template;
    return { sql: words.replaceAll('$', () => value.sql), type };
  };
}

/** The conversions a query may ask for, by kind of node. */
export const CAST_SYNTAX: Readonly<Record<string, AllowedSyntax>> = {
  cast: { reference: `${SQL_REFERENCE}conversion_functions#cast`, translate: cast(false) },
  safe_cast: { reference: `${SQL_REFERENCE}conversion_functions#safe_casting`, translate: cast(true) },
};

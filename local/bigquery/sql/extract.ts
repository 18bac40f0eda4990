import { type AllowedSyntax, type Context, SQL_REFERENCE } from './context.ts';
import { UNIT_MICROS } from './date-parts.ts';
import { zoneOf } from './dates.ts';
import { nodeOf, only, type Tree, unknown } from './tree.ts';
import { coerced, type Typed } from './types.ts';

/** EXTRACT's parts and DuckDB's; a DATE has only those down to the day. */
const EXTRACTED: Readonly<Record<string, string>> = {
  YEAR: 'year($)',
  QUARTER: 'quarter($)',
  MONTH: 'month($)',
  DAY: 'day($)',
  DAYOFYEAR: 'dayofyear($)',
  DAYOFWEEK: '(dayofweek($) + 1)',
  ISOYEAR: 'isoyear($)',
  ISOWEEK: 'week($)',
  HOUR: 'hour($)',
  MINUTE: 'minute($)',
  SECOND: 'second($)',
};

function extract(fields: Tree, { expression }: Context): Typed {
  only('EXTRACT', fields, ['this', 'field']);
  const part = (typeof fields.field === 'string' ? fields.field : String((fields.field as Tree).Custom)).toUpperCase();
  const [kind, zoned] = nodeOf(fields.this);
  const value = expression(kind === 'at_time_zone' ? zoned.this : fields.this);
  const zone = kind === 'at_time_zone' ? zoneOf(zoned.zone) : "'UTC'";
  const isDate = value.type === 'DATE' && kind !== 'at_time_zone';
  const sql = isDate ? value.sql : `(${coerced(value, 'TIMESTAMP')} AT TIME ZONE ${zone})`;
  if (part === 'DATE' && !isDate) return { sql: `CAST(${sql} AS DATE)`, type: 'DATE' };
  const template = EXTRACTED[part];
  if (!template || (isDate && part in UNIT_MICROS && part !== 'DAY'))
    throw unknown(`EXTRACT ${part} from ${value.type}`);
  return { sql: `CAST(${template.replace('$', () => sql)} AS BIGINT)`, type: 'INT64' };
}

export const EXTRACT_SYNTAX: Readonly<Record<string, AllowedSyntax>> = {
  extract: { reference: `${SQL_REFERENCE}timestamp_functions#extract`, translate: extract },
};

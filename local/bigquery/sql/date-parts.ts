import { invalidQuery } from '../errors.ts';
import { nameOf, nodeOf, type Tree, unknown } from './tree.ts';

export const UNIT_MICROS: Readonly<Record<string, number>> = {
  MICROSECOND: 1,
  MILLISECOND: 1_000,
  SECOND: 1_000_000,
  MINUTE: 60_000_000,
  HOUR: 3_600_000_000,
  DAY: 86_400_000_000,
};

/** Days from Monday, on which DuckDB's weeks start. */
const WEEK_STARTS = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY'];

/** `DAY`, or `WEEK(MONDAY)`, of the node in a date part's place. */
export function partOf(tree: unknown): string {
  const [kind, fields] = nodeOf(tree);
  if (kind === 'var') return String(fields.this).toUpperCase();
  if (kind === 'column') return (nameOf(fields.name) ?? '').toUpperCase();
  const [argument] = Array.isArray(fields.args) ? fields.args : [];
  if (kind === 'function' && String(fields.name).toUpperCase() === 'WEEK' && argument)
    return `WEEK(${partOf(argument)})`;
  throw unknown(`${kind} as a date part`);
}

/** DuckDB's truncation of a DATE or TIMESTAMP `sql`. https://cloud.google.com/bigquery/docs/reference/standard-sql/date_functions#date_trunc */
export function truncated(sql: string, part: string): string {
  if (['DAY', 'MONTH', 'QUARTER', 'YEAR', 'HOUR', 'MINUTE', 'SECOND'].includes(part)) {
    return `date_trunc('${part}', ${sql})`;
  }
  const start = WEEK_STARTS.indexOf(part === 'ISOWEEK' ? 'MONDAY' : part === 'WEEK' ? 'SUNDAY' : weekday(part));
  if (start < 0) throw unknown(`the date part ${part}`);
  if (start === 0) return `date_trunc('week', ${sql})`;
  return `(date_trunc('week', ${sql} - INTERVAL ${start} DAY) + INTERVAL ${start} DAY)`;
}

const weekday = (part: string): string => /^WEEK\((\w+)\)$/.exec(part)?.[1] ?? '';
export const isWeek = (part: string): boolean => part === 'ISOWEEK' || part.startsWith('WEEK');

/** The amount (a node) and unit of `INTERVAL n DAY`. Throws BigQueryError when `tree` is no interval of one unit. */
export function intervalOf(tree: unknown): { amount: unknown; unit: string } {
  const [kind, fields] = nodeOf(tree);
  const unit = fields.unit as Tree | null | undefined;
  if (kind !== 'interval' || unit?.type !== 'simple')
    throw invalidQuery('INTERVAL must be a number and one date part.');
  const [amountKind, amount] = nodeOf(fields.this);
  // The parser turns `INTERVAL 1 DAY` into the text '1', as standard SQL writes it.
  const isText = amountKind === 'literal' && amount.literal_type === 'string';
  if (isText && !/^-?\d+$/.test(String(amount.value))) throw invalidQuery('INTERVAL must be a whole number.');
  const number = { literal: { literal_type: 'number', value: amount.value } };
  return { amount: isText ? number : fields.this, unit: String(unit.unit).toUpperCase() };
}

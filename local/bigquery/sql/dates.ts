import { invalidQuery } from '../errors.ts';
import { type Context, SQL_REFERENCE } from './context.ts';
import { intervalOf, isWeek, partOf, truncated, UNIT_MICROS } from './date-parts.ts';
import { nodeOf, type Tree, unknown } from './tree.ts';
import { coerced, quoted, type Typed } from './types.ts';

type DateCall = (args: unknown[], context: Context) => Typed;
type DateFunction = { reference: string; arity: readonly number[]; translate: DateCall };

const allow = (page: string, arity: readonly number[], translate: DateCall): DateFunction => ({
  reference: SQL_REFERENCE + page,
  arity,
  translate,
});

/** A time zone's name. Throws BigQueryError unless it is a literal that this machine knows. */
export function zoneOf(tree: unknown): string {
  const [kind, fields] = nodeOf(tree);
  const zone = String(fields.value);
  if (kind !== 'literal' || !/^(UTC|[A-Za-z_]+\/[A-Za-z_/+-]+)$/.test(zone)) {
    throw invalidQuery('A time zone must be a literal such as "Europe/Berlin".');
  }
  return quoted(zone);
}

const dateTrunc: DateCall = ([date, part], { expression }) => ({
  sql: `CAST(${truncated(coerced(expression(date), 'DATE'), calendarPart(part))} AS DATE)`,
  type: 'DATE',
});

function calendarPart(tree: unknown): string {
  const part = partOf(tree);
  if (part in UNIT_MICROS && part !== 'DAY') throw invalidQuery(`${part} is no part of a DATE.`);
  return part;
}

const timestampTrunc: DateCall = ([time, part, zone], { expression }) => {
  const sql = coerced(expression(time), 'TIMESTAMP');
  const unit = partOf(part);
  const micros = UNIT_MICROS[unit];
  // Whole units of UTC by integer arithmetic: nine times faster than date_trunc of a TIMESTAMPTZ.
  if (!zone && micros) return { sql: `bq_trunc_micros(${sql}, ${micros})`, type: 'TIMESTAMP' };
  const zoneName = zone ? zoneOf(zone) : "'UTC'";
  return {
    sql: `(${truncated(`(${sql} AT TIME ZONE ${zoneName})`, unit)} AT TIME ZONE ${zoneName})`,
    type: 'TIMESTAMP',
  };
};

const dateDiff: DateCall = ([end, start, part], { expression }) => {
  const [to, from] = [coerced(expression(end), 'DATE'), coerced(expression(start), 'DATE')];
  const unit = calendarPart(part);
  if (!isWeek(unit)) {
    if (!['DAY', 'MONTH', 'QUARTER', 'YEAR'].includes(unit)) throw unknown(`the date part ${unit}`);
    return { sql: `date_diff('${unit}', ${from}, ${to})`, type: 'INT64' };
  }
  return { sql: `(date_diff('day', ${truncated(from, unit)}, ${truncated(to, unit)}) // 7)`, type: 'INT64' };
};

const timestampDiff: DateCall = ([end, start, part], { expression }) => {
  const [to, from] = [coerced(expression(end), 'TIMESTAMP'), coerced(expression(start), 'TIMESTAMP')];
  const micros = UNIT_MICROS[partOf(part)];
  if (!micros) throw unknown(`the date part ${partOf(part)} of TIMESTAMP_DIFF`);
  return { sql: `((epoch_us(${to}) - epoch_us(${from})) // ${micros})`, type: 'INT64' };
};

function shiftedTimestamp(sign: '+' | '-'): DateCall {
  return ([time, interval], { expression }) => {
    const { amount, unit } = intervalOf(interval);
    const micros = UNIT_MICROS[unit];
    if (!micros) throw invalidQuery(`${unit} cannot be added to a TIMESTAMP.`);
    const [sql, count] = [coerced(expression(time), 'TIMESTAMP'), coerced(expression(amount), 'INT64')];
    return { sql: `make_timestamptz(epoch_us(${sql}) ${sign} ${count} * ${micros})`, type: 'TIMESTAMP' };
  };
}

const DAYS: Readonly<Record<string, number>> = { DAY: 1, WEEK: 7 };
const MONTHS: Readonly<Record<string, number>> = { MONTH: 1, QUARTER: 3, YEAR: 12 };

function shiftedDate(sign: '+' | '-'): DateCall {
  return ([date, interval], { expression }) => {
    const { amount, unit } = intervalOf(interval);
    const [sql, count] = [
      coerced(expression(date), 'DATE'),
      `CAST(${coerced(expression(amount), 'INT64')} AS INTEGER)`,
    ];
    const days = DAYS[unit];
    if (days) return { sql: `(${sql} ${sign} ${count} * ${days})`, type: 'DATE' };
    const months = MONTHS[unit];
    if (!months) throw invalidQuery(`${unit} cannot be added to a DATE.`);
    return { sql: `CAST(${sql} ${sign} to_months(${count} * ${months}) AS DATE)`, type: 'DATE' };
  };
}

const generateDateArray: DateCall = ([start, end, interval], { expression }) => {
  const { amount, unit } = interval ? intervalOf(interval) : { amount: undefined, unit: 'DAY' };
  const [kind, fields] = amount ? nodeOf(amount) : ['literal', { value: '1' } as Tree];
  const count = kind === 'literal' ? Number(fields.value) : Number.NaN;
  const [days, months] = [DAYS[unit], MONTHS[unit]];
  if (!(count >= 1) || !(days || months)) {
    throw invalidQuery('GENERATE_DATE_ARRAY needs a literal interval of 1 or more DAY, WEEK, MONTH, QUARTER or YEAR.');
  }
  const dates = [start, end].map((date) => coerced(expression(date), 'DATE')).join(', ');
  const sql = days ? `bq_day_array(${dates}, ${count * days})` : `bq_month_array(${dates}, ${count * (months ?? 1)})`;
  return { sql, type: 'ARRAY<DATE>' };
};

const FORMAT_ELEMENTS = /^(?:[^%]|%[YmdHMSjG%]|%V)*$/;

const formatDate: DateCall = ([format, date], { expression }) => {
  const [kind, { value }] = nodeOf(format);
  if (kind !== 'literal' || !FORMAT_ELEMENTS.test(String(value))) {
    throw invalidQuery('FORMAT_DATE needs a literal of %Y %m %d %j %G %V %% and text.');
  }
  return { sql: `strftime(${coerced(expression(date), 'DATE')}, ${quoted(String(value))})`, type: 'STRING' };
};

const now: DateCall = (_args, { nowMs }) => ({ sql: `make_timestamptz(${nowMs}000)`, type: 'TIMESTAMP' });
const today: DateCall = ([zone], { nowMs }) => ({
  sql: `CAST(make_timestamptz(${nowMs}000) AT TIME ZONE ${zone ? zoneOf(zone) : "'UTC'"} AS DATE)`,
  type: 'DATE',
});

/** The functions whose arguments are date parts, intervals or the clock. */
export const DATE_FUNCTIONS: Readonly<Record<string, DateFunction>> = {
  DATE_TRUNC: allow('date_functions#date_trunc', [2], dateTrunc),
  DATE_DIFF: allow('date_functions#date_diff', [3], dateDiff),
  DATE_ADD: allow('date_functions#date_add', [2], shiftedDate('+')),
  DATE_SUB: allow('date_functions#date_sub', [2], shiftedDate('-')),
  FORMAT_DATE: allow('date_functions#format_date', [2], formatDate),
  CURRENT_DATE: allow('date_functions#current_date', [0, 1], today),
  GENERATE_DATE_ARRAY: allow('array_functions#generate_date_array', [2, 3], generateDateArray),
  TIMESTAMP_TRUNC: allow('timestamp_functions#timestamp_trunc', [2, 3], timestampTrunc),
  TIMESTAMP_DIFF: allow('timestamp_functions#timestamp_diff', [3], timestampDiff),
  TIMESTAMP_ADD: allow('timestamp_functions#timestamp_add', [2], shiftedTimestamp('+')),
  TIMESTAMP_SUB: allow('timestamp_functions#timestamp_sub', [2], shiftedTimestamp('-')),
  CURRENT_TIMESTAMP: allow('timestamp_functions#current_timestamp', [0], now),
};

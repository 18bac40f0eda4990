import { MODELS } from '../../functions/src/core/catalogue/models.ts';
import { KINDS } from '../../functions/src/core/catalogue/schema.ts';
import type { Mapping } from '../mapping/schema.ts';

/**
 * The mapping's rules as SQL: a query of `records` (every column text) for the columns user, kind, model, outcome (`never` of
 * what has not ended), requestedMs, totalMs and videos. It relies on no row being bad.
 */
export function requestsSql(mapping: Mapping): string {
  const { requestedAt, user, kind, outcome, duration, model, videos } = mapping;
  const kindSql = translatedSql(kind);
  return `SELECT ${[
    `${text(user.column)} AS "user"`,
    `${kindSql} AS kind`,
    `${modelSql(model, kindSql)} AS model`,
    `${translatedSql(outcome)} AS outcome`,
    `${momentSql(requestedAt)} AS requestedMs`,
    `${millisecondsSql(duration)} AS totalMs`,
    `${videosSql(videos)} AS videos`,
  ].join(', ')} FROM records`;
}

/** The list price of a second of video of each model, from each day on, as a table of `prices`. */
export function pricesSql({ resolution, audio }: Mapping['constants']): string {
  const rows = MODELS.flatMap(({ id, prices }) =>
    prices
      .filter((price) => price.resolution === resolution && price.audio === audio)
      .map(
        ({ usdMicrosPerSec, effectiveFrom }) => `(${quoted(id)}, ${usdMicrosPerSec}, DATE ${quoted(effectiveFrom)})`,
      ),
  );
  return `SELECT * FROM (VALUES ${rows.join(', ')}) AS prices (model, usdMicrosPerSec, effectiveFrom)`;
}

/** A text as SQL. */
export const quoted = (value: string) => `'${value.replaceAll("'", "''")}'`;

const text = (column: string) => `trim(coalesce("${column.replaceAll('"', '""')}", ''), ' \t\r\n')`;

type TextRule = { value: string } | { column: string; map: Record<string, string>; default?: string | undefined };

function translatedSql(rule: TextRule, otherwise = 'default' in rule ? rule.default : undefined): string {
  return 'value' in rule ? quoted(rule.value) : caseSql(rule, otherwise === undefined ? 'NULL' : quoted(otherwise));
}

function caseSql({ column, map }: { column: string; map: Record<string, string> }, otherwise: string): string {
  const cases = Object.entries(map).map(([from, to]) => `WHEN ${quoted(from)} THEN ${quoted(to)}`);
  return cases.length === 0 ? otherwise : `CASE ${text(column)} ${cases.join(' ')} ELSE ${otherwise} END`;
}

/** A value that is spread takes the model at the place that the first 32 bits of its hash point at. */
function modelSql(rule: Mapping['model'], kindSql: string): string {
  if ('value' in rule || !rule.spread) return translatedSql(rule);
  const { spread, column } = rule;
  const share = `CAST('0x' || substr(sha256('model/' || ${text(column)}), 1, 8) AS UBIGINT) / 4294967296.0`;
  const offering = KINDS.map((kind) => {
    const models = MODELS.filter(({ kinds }) => kinds.includes(kind)).map(({ id }) => id);
    const list = spread.filter((id) => models.includes(id)).map(quoted);
    return `WHEN ${quoted(kind)} THEN list_extract([${list.join(', ')}], 1 + CAST(floor(${share} * ${list.length}) AS INTEGER))`;
  });
  return caseSql(rule, `CASE ${kindSql} ${offering.join(' ')} END`);
}

function momentSql({ column, format, utcOffset }: Mapping['requestedAt']): string {
  switch (format) {
    case 'YYYY-MM-DD HH:MM:SS':
      return `epoch_ms(CAST(${text(column)} || ${quoted(utcOffset)} AS TIMESTAMPTZ))`;
    case 'iso':
      return `epoch_ms(CAST(${text(column)} AS TIMESTAMPTZ))`;
    case 'unix_s':
      return `CAST(round(CAST(${text(column)} AS DOUBLE) * 1000) AS BIGINT)`;
    case 'unix_ms':
      return `CAST(${text(column)} AS BIGINT)`;
  }
}

function millisecondsSql({ column, unit }: Mapping['duration']): string {
  return `CAST(round(TRY_CAST(${text(column)} AS DOUBLE) * ${unit === 's' ? 1000 : 1}) AS BIGINT)`;
}

function videosSql(rule: Mapping['videos']): string {
  if (!rule) return '1';
  const asked = `TRY_CAST(${text(rule.column)} AS DOUBLE)`;
  return `CAST(CASE WHEN ${text(rule.column)} = '' THEN 1 WHEN ${asked} BETWEEN 1 AND ${rule.max} THEN ${asked} ELSE ${rule.otherwise} END AS INTEGER)`;
}

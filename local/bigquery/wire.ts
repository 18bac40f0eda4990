import { DuckDBDateValue, DuckDBListValue, DuckDBTimestampTZValue, type DuckDBValue } from '@duckdb/node-api';
import { wireType } from './schema.ts';
import type { Column } from './sql/scope.ts';
import { elementOf, type Scalar } from './sql/types.ts';

export interface WireCell {
  v: string | null | WireCell[];
}

/** The `schema` of a query's answer. https://cloud.google.com/bigquery/docs/reference/rest/v2/tables#TableSchema */
export function resultSchema(columns: Column[]): { fields: { name: string; type: string; mode: string }[] } {
  return {
    fields: columns.map(({ name, type }) => {
      const element = elementOf(type);
      return { name, type: wireType(element ?? (type as Scalar)), mode: element ? 'REPEATED' : 'NULLABLE' };
    }),
  };
}

/** How TIMESTAMPs are written: whole microseconds, or seconds as BigQuery does unless asked otherwise. */
export type TimestampFormat = 'micros' | 'seconds';

/** `{f: [{v}]}`: every value a string, whatever its type. */
export function wireRow(row: DuckDBValue[], format: TimestampFormat): { f: WireCell[] } {
  return { f: row.map((value) => ({ v: wireValue(value, format) })) };
}

function wireValue(value: DuckDBValue, format: TimestampFormat): WireCell['v'] {
  if (value === null) return null;
  if (value instanceof DuckDBListValue) return value.items.map((item) => ({ v: wireValue(item, format) }));
  if (value instanceof DuckDBTimestampTZValue) {
    return format === 'micros' ? String(value.micros) : String(Number(value.micros) / 1e6);
  }
  if (value instanceof DuckDBDateValue) return new Date(value.days * 86_400_000).toISOString().slice(0, 10);
  return String(value);
}

import { stringify } from 'csv-stringify/sync';
import { csvCell } from '../../core/export/csvCell.ts';
import type { Format } from '../../core/export/format.ts';
import type { Row, Value } from '../../core/export/value.ts';

/** How rows become text: what comes before them, a stretch of them, what comes after. Each file is whole by itself. */
export interface Layout {
  contentType: string;
  head(columns: readonly string[]): string;
  rows(columns: readonly string[], rows: readonly Row[], isFirst: boolean): string;
  foot: string;
}

const objectsOf = (columns: readonly string[], rows: readonly Row[]) =>
  rows.map((row) => JSON.stringify(Object.fromEntries(columns.map((name, at) => [name, row[at]]))));

/** CSV with a header row; one JSON array; a JSON object a line. */
export const LAYOUTS: Readonly<Record<Format, Layout>> = {
  csv: {
    contentType: 'text/csv; charset=utf-8; header=present',
    head: (columns) => csvRecords([columns]),
    rows: (_columns, rows) => csvRecords(rows),
    foot: '',
  },
  json: {
    contentType: 'application/json; charset=utf-8',
    head: () => '[',
    rows: (columns, rows, isFirst) =>
      objectsOf(columns, rows)
        .map((object, at) => `${isFirst && at === 0 ? '' : ','}\n${object}`)
        .join(''),
    foot: '\n]\n',
  },
  ndjson: {
    contentType: 'application/x-ndjson; charset=utf-8',
    head: () => '',
    rows: (columns, rows) =>
      objectsOf(columns, rows)
        .map((object) => `${object}\n`)
        .join(''),
    foot: '',
  },
};

/** Records of RFC 4180, each ended by CRLF. Numbers stay numbers, texts are guarded, null is empty. */
function csvRecords(rows: readonly (readonly Value[])[]): string {
  if (rows.length === 0) return '';
  // Of line breaks the library quotes only the one that ends records.
  return stringify(
    rows.map((row) => row.map(csvCell)),
    { record_delimiter: '\r\n', quoted_match: /[\r\n]/ },
  );
}

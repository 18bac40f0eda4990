import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { parse } from 'csv-parse';
import { type BadRow, isBadRow, mapRow, type RecordedRequest } from './map-row.ts';
import { columnsOf, type Mapping, MappingError, readMapping } from './schema.ts';

/** The mapping that is used when none is named and the file's header fits it. */
export const DEFAULT_MAPPING = new URL('./generation-requests.json', import.meta.url);

const MAX_RECORD_BYTES = 64 * 1024;
/** Bad rows are kept and shown up to here; beyond it the mapping is not the right one for this file. */
const MAX_BAD_ROWS = 1_000;

export interface RecordedFile {
  /** In order of time; requests of one instant keep the file's order. */
  requests: RecordedRequest[];
  bad: BadRow[];
}

/** Reads a mapping from a JSON file. Throws MappingError for one that does not fit, naming the file. */
export async function loadMapping(file: URL | string): Promise<Mapping> {
  const text = await readFile(file, 'utf8');
  try {
    return readMapping(JSON.parse(text));
  } catch (error) {
    if (!(error instanceof MappingError || error instanceof SyntaxError)) throw error;
    throw new MappingError(`${file}: ${error.message}`, { cause: error });
  }
}

/**
 * Streams a CSV file with a header line into requests, reading at most `maxRows` records. What cannot be used is told
 * with its line. Throws MappingError when columns are missing, the CSV is broken or over 1,000 rows are bad.
 */
export async function readRecordedFile(file: string, mapping: Mapping, maxRows: number): Promise<RecordedFile> {
  const requests: RecordedRequest[] = [];
  const bad: BadRow[] = [];
  let read = 0;
  for await (const { record, line, error } of records(file, columnsOf(mapping))) {
    if (read++ >= maxRows) break;
    const row = error === undefined ? mapRow(mapping, record, line) : { line, reason: error };
    if (!isBadRow(row)) requests.push(row);
    else if (bad.push(row) > MAX_BAD_ROWS) throw new MappingError(tooManyBad(bad));
  }
  requests.sort((a, b) => a.requestedAtMs - b.requestedAtMs);
  return { requests, bad };
}

interface Line {
  record: Record<string, string>;
  line: number;
  /** Set when the record does not have as many fields as the header. */
  error: string | undefined;
}

async function* records(file: string, wanted: string[]): AsyncGenerator<Line> {
  const parser = parse({
    bom: true,
    columns: (header: string[]) => {
      const missing = wanted.filter((column) => !header.includes(column));
      if (missing.length === 0) return header;
      throw new MappingError(`${file} has no column ${missing.join(', ')}; it has ${header.join(', ')}`);
    },
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: MAX_RECORD_BYTES,
    info: true,
  });
  const source = createReadStream(file);
  source.on('error', (error) => parser.destroy(error));
  try {
    for await (const { record, info } of source.pipe(parser)) {
      yield { record, line: info.lines, error: info.error?.message };
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('CSV_')) {
      throw new MappingError(`${file} is no readable CSV: ${error.message}`, { cause: error });
    }
    throw error;
  } finally {
    source.destroy();
  }
}

function tooManyBad(bad: readonly BadRow[]): string {
  const first = bad.slice(0, 5).map(({ line, reason }) => `  line ${line}: ${reason}`);
  return `over ${MAX_BAD_ROWS} rows cannot be used; the mapping does not fit this file:\n${first.join('\n')}`;
}

import {
  BIGINT,
  BOOLEAN,
  DATE,
  DECIMAL,
  DOUBLE,
  type DuckDBAppender,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBTimestampTZValue,
  type DuckDBType,
  type DuckDBValue,
  TIMESTAMPTZ,
  VARCHAR,
} from '@duckdb/node-api';
import { BigQueryError } from './errors.ts';
import { dateDays, timestampMicros } from './json-values.ts';
import { type Field, wireType } from './schema.ts';
import type { Scalar } from './sql/types.ts';

/** Rows of newline-delimited JSON, with the byte each starts at. Throws BigQueryError for a line that is no JSON object. */
export function* jsonRows(bytes: Buffer): Generator<{ row: Record<string, unknown>; startByte: number }> {
  for (let startByte = 0; startByte < bytes.length; ) {
    const newline = bytes.indexOf(10, startByte);
    const endByte = newline < 0 ? bytes.length : newline;
    const line = bytes.toString('utf8', startByte, endByte).trim();
    if (line !== '') yield { row: objectOf(line, startByte), startByte };
    startByte = endByte + 1;
  }
}

function objectOf(line: string, startByte: number): Record<string, unknown> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch (error) {
    throw rowError(startByte, `Parser terminated before end of string: ${(error as Error).message}`);
  }
  if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed as Record<string, unknown>;
  throw rowError(startByte, 'Start of object expected');
}

function rowError(startByte: number, what: string): BigQueryError {
  const message = `Error while reading data, error message: JSON parsing error in row starting at position ${startByte}: ${what}`;
  return new BigQueryError(400, 'invalid', message);
}

/**
 * The values of one row in the order of `fields`. Throws BigQueryError for an unknown field, a missing REQUIRED one or a
 * value that is not of its field's type.
 */
export function rowValues(
  fields: readonly Field[],
  { row, startByte }: { row: Record<string, unknown>; startByte: number },
): DuckDBValue[] {
  const byName = new Map(Object.entries(row).map(([name, value]) => [name.toLowerCase(), value]));
  const values = fields.map((field): DuckDBValue => {
    const given = byName.get(field.name.toLowerCase()) ?? null;
    byName.delete(field.name.toLowerCase());
    if (given === null && field.mode === 'REQUIRED') {
      throw rowError(startByte, `Only optional fields can be set to NULL. Field: ${field.name}; Value: NULL`);
    }
    if (given === null) return null;
    const value = CONVERT[field.type](given);
    if (value !== undefined) return value;
    const shown = JSON.stringify(given).slice(0, 100);
    throw rowError(
      startByte,
      `Could not convert value to ${wireType(field.type)}. Field: ${field.name}; Value: ${shown}`,
    );
  });
  const [unknown] = byName.keys();
  if (unknown !== undefined) throw rowError(startByte, `No such field: ${unknown}.`);
  return values;
}

const INT64_MAX = 2n ** 63n - 1n;
const NUMERIC_TEXT = /^(-?)(\d{1,29})(?:\.(\d{1,9}))?$/;

/** A JSON value as DuckDB takes it; undefined when it is not of the type. */
const CONVERT: Readonly<Record<Scalar, (value: unknown) => DuckDBValue | undefined>> = {
  STRING: (value) => (typeof value === 'string' ? value : undefined),
  INT64: (value) => {
    const text = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value;
    if (typeof text !== 'string' || !/^-?\d{1,19}$/.test(text)) return undefined;
    const integer = BigInt(text);
    return integer > INT64_MAX || integer < -INT64_MAX - 1n ? undefined : integer;
  },
  FLOAT64: (value) => {
    const number = typeof value === 'string' && /^-?[\d.]/.test(value) ? Number(value) : value;
    return typeof number === 'number' && !Number.isNaN(number) ? number : undefined;
  },
  BOOL: (value) => {
    if (value === true || value === 'true') return true;
    return value === false || value === 'false' ? false : undefined;
  },
  TIMESTAMP: (value) => {
    const micros = typeof value === 'string' ? timestampMicros(value) : undefined;
    return micros === undefined ? undefined : new DuckDBTimestampTZValue(micros);
  },
  DATE: (value) => {
    const days = typeof value === 'string' ? dateDays(value) : undefined;
    return days === undefined ? undefined : new DuckDBDateValue(days);
  },
  JSON: (value) => JSON.stringify(value),
  NUMERIC: (value) => {
    const match = NUMERIC_TEXT.exec(typeof value === 'number' || typeof value === 'string' ? String(value) : '');
    if (!match) return undefined;
    return new DuckDBDecimalValue(BigInt(`${match[1]}${match[2]}${(match[3] ?? '').padEnd(9, '0')}`), 38, 9);
  },
};

const DUCK_TYPES: Readonly<Record<Scalar, DuckDBType>> = {
  STRING: VARCHAR,
  INT64: BIGINT,
  FLOAT64: DOUBLE,
  BOOL: BOOLEAN,
  TIMESTAMP: TIMESTAMPTZ,
  DATE,
  JSON: VARCHAR,
  NUMERIC: DECIMAL(38, 9),
};

/** Appends one row of `rowValues`. */
export function appendRow(appender: DuckDBAppender, fields: readonly Field[], values: DuckDBValue[]): void {
  for (const [at, { type }] of fields.entries()) {
    const value = values[at] ?? null;
    if (value === null) appender.appendNull();
    else appender.appendValue(value, DUCK_TYPES[type]);
  }
  appender.endRow();
}

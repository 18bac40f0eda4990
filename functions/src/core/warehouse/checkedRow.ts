import { ZodError } from 'zod';
import { envelopeSchema, parseEvent } from '../events/schema.ts';
import { type EventRow, type RowEvent, rowOf } from './row.ts';
import { type Column, EVENTS } from './tables.ts';

/** What one event comes to: a row that the table takes, or why it can be none. */
export type CheckedRow = { row: EventRow; refusal?: never } | { row?: never; refusal: string };

const COLUMNS = new Map(EVENTS.columns.map((column) => [column.name, column]));
const REQUIRED = EVENTS.columns.filter(({ mode }) => mode === 'REQUIRED').map(({ name }) => name);
const ENVELOPE = Object.keys(envelopeSchema.shape);
const REFUSAL_LENGTH = 1_000;

/**
 * The row of an event as the log holds it, checked against the event's schema and the table's columns before BigQuery is asked.
 * `recordedAt` is the log's own time, in ISO 8601 to the microsecond.
 */
export function checkedRow(event: RowEvent, recordedAt: string): CheckedRow {
  try {
    const told = Object.entries(event).filter(([field]) => ENVELOPE.includes(field));
    parseEvent(Object.fromEntries(told));
    const row = rowOf(event, recordedAt);
    const refusal = misfitOf(row);
    return refusal === undefined ? { row } : { refusal };
  } catch (error) {
    // Whatever is wrong with an event of the log, it must keep no other from the warehouse: it is told by its dead letter.
    return { refusal: textOf(error).slice(0, REFUSAL_LENGTH) };
  }
}

function textOf(error: unknown): string {
  if (error instanceof ZodError)
    return error.issues.map(({ path, message }) => [...path, message].join(': ')).join('; ');
  return error instanceof Error ? error.message : String(error);
}

/** What of a row the table would not take. */
function misfitOf(row: EventRow): string | undefined {
  for (const name of REQUIRED) if (row[name] === undefined) return `${name} is missing`;
  for (const [name, value] of Object.entries(row)) {
    const column = COLUMNS.get(name);
    if (!column) return `there is no column ${name}`;
    if (!FITS[column.type](value)) return `${name} is no ${column.type}`;
  }
  return undefined;
}

const FITS: Readonly<Record<Column['type'], (value: EventRow[string]) => boolean>> = {
  STRING: (value) => typeof value === 'string',
  INT64: (value) => Number.isSafeInteger(value),
  BOOL: (value) => typeof value === 'boolean',
  TIMESTAMP: (value) => typeof value === 'string',
};

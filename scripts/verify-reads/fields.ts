import type { BulkDocument } from '../../local/firestore/index.ts';

type Fields = BulkDocument['fields'];
type Value = Fields[string];

/** A plain object as the fields of a stored document, as the client library would send it: what is undefined is left out. */
export function fieldsOf(object: object): Fields {
  const fields: Fields = {};
  for (const [name, value] of Object.entries(object)) if (value !== undefined) fields[name] = valueIn(value);
  return fields;
}

function valueIn(value: unknown): Value {
  switch (typeof value) {
    case 'string':
      return { stringValue: value };
    case 'number':
      return Number.isInteger(value) ? { integerValue: String(value) } : { doubleValue: value };
    case 'boolean':
      return { booleanValue: value };
    case 'object':
      return value === null ? { nullValue: 'NULL_VALUE' } : objectValue(value);
    default:
      throw new TypeError(`a document cannot hold a ${typeof value}`);
  }
}

function objectValue(value: object): Value {
  if (value instanceof Date) return { timestampValue: timestampOf(value.getTime()) };
  if (value instanceof Uint8Array) return { bytesValue: Buffer.from(value) };
  if (Array.isArray(value)) return { arrayValue: { values: value.map(valueIn) } };
  return { mapValue: { fields: fieldsOf(value) } };
}

function timestampOf(ms: number): { seconds: string; nanos: number } {
  const seconds = Math.floor(ms / 1_000);
  return { seconds: String(seconds), nanos: (ms - seconds * 1_000) * 1_000_000 };
}

import { invalid } from '../errors.ts';
import type { Fields, ProtoValue } from '../wire.ts';

/** Limits of a document: cloud.google.com/firestore/quotas */
const MAX_DOCUMENT_BYTES = 1_048_576;
const MAX_DEPTH = 20;
const MAX_FIELD_NAME_BYTES = 1500;

/** Throws INVALID_ARGUMENT when a document is too large, too deep or holds what Firestore does not store. */
export function checkDocument(name: string, path: string, fields: Fields): void {
  const sizeBytes = nameBytes(path) + fieldsBytes(fields, 1) + 32;
  if (sizeBytes <= MAX_DOCUMENT_BYTES) return;
  const [size, max] = [sizeBytes, MAX_DOCUMENT_BYTES].map((bytes) => `${bytes.toLocaleString('en-US')} bytes`);
  throw invalid(
    `Document '${name}' cannot be written because its size (${size}) exceeds the maximum allowed size of ${max}.`,
  );
}

/** Storage size as Firestore counts it: cloud.google.com/firestore/docs/storage-size */
function nameBytes(path: string): number {
  return path.split('/').reduce((sum, segment) => sum + Buffer.byteLength(segment) + 1, 16);
}

function fieldsBytes(fields: Fields, depth: number): number {
  let sum = 0;
  for (const name of Object.keys(fields)) {
    checkFieldName(name);
    sum += Buffer.byteLength(name) + 1 + valueBytes(fields[name] ?? {}, depth);
  }
  return sum;
}

function checkFieldName(name: string): void {
  if (name === '') throw invalid('Field names must not be empty.');
  if (/^__[\s\S]*__$/.test(name) && name !== '__type__') throw invalid(`Field name "${name}" is reserved.`);
  if (name.length * 3 > MAX_FIELD_NAME_BYTES && Buffer.byteLength(name) > MAX_FIELD_NAME_BYTES) {
    throw invalid(`A field name is longer than ${MAX_FIELD_NAME_BYTES} bytes.`);
  }
}

function valueBytes(value: ProtoValue, depth: number): number {
  if (value.stringValue !== undefined) return Buffer.byteLength(value.stringValue) + 1;
  if (value.bytesValue !== undefined) return value.bytesValue.length;
  if (value.referenceValue !== undefined) return nameBytes(value.referenceValue);
  if (value.geoPointValue !== undefined) return 16;
  if (value.integerValue !== undefined || value.doubleValue !== undefined || value.timestampValue) return 8;
  if (!value.mapValue && !value.arrayValue) return 1;
  if (depth > MAX_DEPTH) throw invalid(`Maps and arrays are nested more than ${MAX_DEPTH} levels deep.`);
  if (value.mapValue) return fieldsBytes(value.mapValue.fields ?? {}, depth + 1);
  let sum = 0;
  for (const element of value.arrayValue?.values ?? []) {
    if (element.arrayValue) throw invalid('Cannot convert an array value in an array value.');
    sum += valueBytes(element, depth + 1);
  }
  return sum;
}

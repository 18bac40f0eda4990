import { invalid } from '../errors.ts';
import { isVector } from '../values/key.ts';
import type { Fields, ProtoValue } from '../wire.ts';

/** Limits of a document: cloud.google.com/firestore/quotas */
const MAX_DOCUMENT_BYTES = 1_048_576;
const MAX_VALUE_BYTES = MAX_DOCUMENT_BYTES - 89;
const MAX_DEPTH = 20;
const MAX_FIELD_PATH_BYTES = 1500;
const MAX_DIMENSIONS = 2048;

/** Throws INVALID_ARGUMENT when a document is too large, too deep or holds what Firestore does not store. */
export function checkDocument(name: string, path: string, fields: Fields): void {
  const sizeBytes = nameBytes(path) + fieldsBytes(fields, 1, 0) + 32;
  if (sizeBytes <= MAX_DOCUMENT_BYTES) return;
  const [size, max] = [sizeBytes, MAX_DOCUMENT_BYTES].map((bytes) => `${bytes.toLocaleString('en-US')} bytes`);
  throw invalid(
    `Document '${name}' cannot be written because its size (${size}) exceeds the maximum allowed size of ${max}.`,
  );
}

/** Storage size of a document's name as Firestore counts it: cloud.google.com/firestore/docs/storage-size */
export function nameBytes(path: string): number {
  return path.split('/').reduce((sum, segment) => sum + textBytes(segment), 16);
}

/** Storage size of a text. */
export function textBytes(text: string): number {
  return Buffer.byteLength(text) + 1;
}

/** Storage size of a value. Throws INVALID_ARGUMENT when it is one that Firestore does not store. */
export function valueBytes(value: ProtoValue, depth = 1, pathBytes = 0): number {
  if (value.stringValue !== undefined) return textBytes(value.stringValue);
  if (value.bytesValue !== undefined) return value.bytesValue.length;
  if (value.referenceValue !== undefined) return nameBytes(value.referenceValue);
  if (value.geoPointValue !== undefined) return 16;
  if (value.integerValue !== undefined || value.doubleValue !== undefined || value.timestampValue) return 8;
  if (!value.mapValue && !value.arrayValue) return 1;
  if (depth > MAX_DEPTH) throw invalid(`Maps and arrays are nested more than ${MAX_DEPTH} levels deep.`);
  if (isVector(value)) return vectorBytes(value);
  if (value.mapValue) return fieldsBytes(value.mapValue.fields ?? {}, depth + 1, pathBytes);
  let sum = 0;
  for (const element of value.arrayValue?.values ?? []) {
    if (element.arrayValue) throw invalid('Cannot convert an array value in an array value.');
    sum += valueBytes(element, depth + 1, pathBytes);
  }
  return sum;
}

function vectorBytes({ mapValue }: ProtoValue): number {
  const dimensions = mapValue?.fields?.value?.arrayValue?.values?.length ?? 0;
  if (dimensions > MAX_DIMENSIONS) throw invalid(`Vectors must be at most ${MAX_DIMENSIONS} dimensions.`);
  return 8 * dimensions;
}

/** `pathBytes`: the path of the map that holds the fields, the dot behind it included. */
function fieldsBytes(fields: Fields, depth: number, pathBytes: number): number {
  let sum = 0;
  for (const name of Object.keys(fields)) {
    const value = fields[name] ?? {};
    const ofName = textBytes(name);
    checkField(name, pathBytes + ofName - 1, value);
    sum += ofName + valueBytes(value, depth, pathBytes + ofName);
  }
  return sum;
}

function checkField(name: string, pathBytes: number, { stringValue, bytesValue }: ProtoValue): void {
  if (name === '') throw invalid('Field names must not be empty.');
  if (/^__[\s\S]*__$/.test(name) && name !== '__type__') throw invalid(`Field name "${name}" is reserved.`);
  if (pathBytes > MAX_FIELD_PATH_BYTES) throw invalid(`A field path is longer than ${MAX_FIELD_PATH_BYTES} bytes.`);
  const isTooLong =
    (bytesValue && bytesValue.length > MAX_VALUE_BYTES) || (stringValue && isLonger(stringValue, MAX_VALUE_BYTES));
  if (isTooLong) throw invalid(`The value of property "${name}" is longer than ${MAX_VALUE_BYTES} bytes.`);
}

/** A UTF-16 unit takes at most three bytes of UTF-8, so short texts need no counting. */
function isLonger(text: string, maxBytes: number): boolean {
  return text.length * 3 > maxBytes && Buffer.byteLength(text) > maxBytes;
}

import type { ProtoTimestamp, ProtoValue } from '../wire.ts';
import { inverted } from './ranges.ts';
import { microsSinceYearOne } from './time.ts';

const END = Buffer.from([0x01]);
const TERMINATOR = Buffer.from([0x00, 0x01]);
const PATH_END = Buffer.from([0x00, 0x00]);

/**
 * Firestore's order of values as bytes: comparing two keys with memcmp compares the values. Each key is self-delimiting
 * (no key is a prefix of another), so keys can be strung together. The first byte stands for the type:
 * firebase.google.com/docs/firestore/manage-data/data-types#value_type_ordering
 */
export function valueKey(value: ProtoValue): Buffer {
  if (value.stringValue !== undefined) return typed(0x19, [escaped(Buffer.from(value.stringValue, 'utf8'))]);
  if (value.integerValue !== undefined) return typed(0x0f, [integerKey(value.integerValue)]);
  if (value.doubleValue !== undefined) return typed(0x0f, [doubleKey(value.doubleValue), distanceKey(0)]);
  if (value.booleanValue !== undefined) return Buffer.from([0x0a, value.booleanValue ? 1 : 0]);
  if (value.timestampValue) return typed(0x14, [timestampKey(value.timestampValue)]);
  if (isVector(value)) return vectorKey(value.mapValue?.fields?.value?.arrayValue?.values ?? []);
  if (value.mapValue) return mapKey(value.mapValue.fields ?? {});
  if (value.arrayValue) return typed(0x2d, [...(value.arrayValue.values ?? []).map(valueKey), END]);
  if (value.bytesValue !== undefined) return typed(0x1e, [escaped(Buffer.from(value.bytesValue))]);
  if (value.referenceValue !== undefined) return typed(0x23, [pathKey(value.referenceValue)]);
  const { latitude, longitude } = value.geoPointValue ?? {};
  return value.geoPointValue ? typed(0x28, [doubleKey(latitude), doubleKey(longitude)]) : Buffer.from([0x05]);
}

/** The key of a document or collection id: UTF-8 bytes, terminated. */
export function idKey(id: string): Buffer {
  return escaped(Buffer.from(id, 'utf8'));
}

/** The key of a slash-separated path: compared segment by segment, a parent before what is below it. */
export function pathKey(path: string): Buffer {
  return Buffer.concat([...path.split('/').map(idKey), PATH_END]);
}

/** A vector is a map by which it is told apart. */
export function isVector({ mapValue }: ProtoValue): boolean {
  return mapValue?.fields?.__type__?.stringValue === '__vector__';
}

function typed(type: number, parts: readonly Buffer[]): Buffer {
  return Buffer.concat([Buffer.from([type]), ...parts]);
}

function mapKey(fields: Record<string, ProtoValue>): Buffer {
  // Each name with a string's type byte, which keeps it apart from the end mark.
  const entries = Object.entries(fields).map(([name, value]) => ({ name: valueKey({ stringValue: name }), value }));
  entries.sort((a, b) => Buffer.compare(a.name, b.name));
  return typed(0x32, [...entries.flatMap(({ name, value }) => [name, valueKey(value)]), END]);
}

/** Vectors are ordered by length first. */
function vectorKey(elements: readonly ProtoValue[]): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(elements.length);
  return typed(0x30, [length, ...elements.map(valueKey)]);
}

/** Zeros inside become 00 FF, so that the terminator 00 01 comes before all that goes on. */
function escaped(bytes: Buffer): Buffer {
  if (!bytes.includes(0)) return Buffer.concat([bytes, TERMINATOR]);
  return Buffer.from([...Array.from(bytes).flatMap((byte) => (byte === 0 ? [0x00, 0xff] : [byte])), ...TERMINATOR]);
}

function timestampKey(timestamp: Partial<ProtoTimestamp>): Buffer {
  const key = Buffer.alloc(8);
  key.writeBigUInt64BE(microsSinceYearOne(timestamp));
  return key;
}

/** Integers and doubles in one exact order: the nearest double, then how far the integer is from it. */
function integerKey(digits: string): Buffer {
  const nearest = Number(digits);
  const distance = Number.isSafeInteger(nearest) ? 0 : Number(BigInt(digits) - BigInt(nearest));
  return Buffer.concat([doubleKey(nearest), distanceKey(distance)]);
}

/** 0 for a double, at most 512 for an integer beyond 2^53. */
function distanceKey(distance: number): Buffer {
  const key = Buffer.alloc(2);
  key.writeUInt16BE(distance + 0x8000);
  return key;
}

/** NaN comes first, -0 is 0. */
function doubleKey(value = 0): Buffer {
  const key = Buffer.alloc(8);
  if (Number.isNaN(value)) return key;
  key.writeDoubleBE(value === 0 ? 0 : value);
  const first = key.readUInt8();
  if (first >= 0x80) return inverted(key);
  key.writeUInt8(first | 0x80);
  return key;
}

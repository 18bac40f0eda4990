import type { ProtoValue } from '../change.ts';
import { microsFromTimestamp } from './time.ts';

/**
 * Firestore's order of values as bytes: comparing two keys with memcmp compares the values. Each key is self-delimiting
 * (no key is a prefix of another), so keys can be strung together. The order of types:
 * firebase.google.com/docs/firestore/manage-data/data-types#value_type_ordering
 */
export const TYPE = {
  null: 0x05,
  boolean: 0x0a,
  number: 0x0f,
  timestamp: 0x14,
  string: 0x19,
  bytes: 0x1e,
  reference: 0x23,
  geoPoint: 0x28,
  array: 0x2d,
  vector: 0x30,
  map: 0x32,
} as const;

const END = 0x01;
const TERMINATOR = Buffer.from([0x00, 0x01]);
const PATH_END = Buffer.from([0x00, 0x00]);

/** The order-preserving key of a value. */
export function valueKey(value: ProtoValue): Buffer {
  const parts: Uint8Array[] = [];
  pushValue(parts, value);
  return parts.length === 1 ? Buffer.from(parts[0] as Uint8Array) : Buffer.concat(parts);
}

/** The first byte of the key: values of different types never match a range filter. */
export function valueType(value: ProtoValue): number {
  if (value.stringValue !== undefined) return TYPE.string;
  if (value.integerValue !== undefined || value.doubleValue !== undefined) return TYPE.number;
  if (value.booleanValue !== undefined) return TYPE.boolean;
  if (value.timestampValue !== undefined) return TYPE.timestamp;
  if (value.mapValue !== undefined) return isVector(value) ? TYPE.vector : TYPE.map;
  if (value.arrayValue !== undefined) return TYPE.array;
  if (value.bytesValue !== undefined) return TYPE.bytes;
  if (value.referenceValue !== undefined) return TYPE.reference;
  if (value.geoPointValue !== undefined) return TYPE.geoPoint;
  return TYPE.null;
}

/** The key of a document or collection id: UTF-8 bytes, terminated; numeric ids (`__id7__`) come before all others. */
export function idKey(id: string): Buffer {
  const numeric = /^__id(-?\d+)__$/.exec(id);
  if (!numeric) return escaped(Buffer.from(id, 'utf8'));
  const key = Buffer.from([0x00, 0x02, 0, 0, 0, 0, 0, 0, 0, 0]);
  key.writeBigUInt64BE(BigInt.asUintN(64, BigInt(numeric[1] ?? 0) + 2n ** 63n), 2);
  return key;
}

/** The key of a slash-separated path: compared segment by segment, a parent before what is below it. */
export function pathKey(path: string): Buffer {
  return Buffer.concat([...path.split('/').map(idKey), PATH_END]);
}

function pushValue(parts: Uint8Array[], value: ProtoValue): void {
  const type = valueType(value);
  switch (type) {
    case TYPE.null:
      parts.push(Buffer.from([type]));
      return;
    case TYPE.boolean:
      parts.push(Buffer.from([type, value.booleanValue ? 1 : 0]));
      return;
    case TYPE.number:
      parts.push(numberKey(value));
      return;
    case TYPE.timestamp:
      parts.push(timestampKey(microsFromTimestamp(value.timestampValue ?? {})));
      return;
    case TYPE.string:
      parts.push(Buffer.from([type]), escaped(Buffer.from(value.stringValue ?? '', 'utf8')));
      return;
    case TYPE.bytes:
      parts.push(Buffer.from([type]), escaped(Buffer.from(value.bytesValue ?? '')));
      return;
    case TYPE.reference:
      parts.push(Buffer.from([type]), pathKey(value.referenceValue ?? ''));
      return;
    case TYPE.geoPoint: {
      const key = Buffer.alloc(17, type);
      writeDouble(key, 1, value.geoPointValue?.latitude ?? 0);
      writeDouble(key, 9, value.geoPointValue?.longitude ?? 0);
      parts.push(key);
      return;
    }
    case TYPE.array:
      parts.push(Buffer.from([type]));
      for (const element of value.arrayValue?.values ?? []) pushValue(parts, element);
      parts.push(Buffer.from([END]));
      return;
    case TYPE.vector: {
      const elements = value.mapValue?.fields?.value?.arrayValue?.values ?? [];
      const head = Buffer.alloc(5, type);
      head.writeUInt32BE(elements.length, 1);
      parts.push(head);
      for (const element of elements) pushValue(parts, element);
      return;
    }
    default:
      pushMap(parts, value.mapValue?.fields ?? {});
  }
}

function pushMap(parts: Uint8Array[], fields: Record<string, ProtoValue>): void {
  parts.push(Buffer.from([TYPE.map]));
  const entries = Object.entries(fields).map(([name, value]) => ({ key: escaped(Buffer.from(name, 'utf8')), value }));
  entries.sort((a, b) => Buffer.compare(a.key, b.key));
  for (const { key, value } of entries) {
    // A string's type byte keeps a name apart from the end mark.
    parts.push(Buffer.from([TYPE.string]), key);
    pushValue(parts, value);
  }
  parts.push(Buffer.from([END]));
}

function isVector(value: ProtoValue): boolean {
  return value.mapValue?.fields?.__type__?.stringValue === '__vector__';
}

function escaped(bytes: Buffer): Buffer {
  if (!bytes.includes(0)) return Buffer.concat([bytes, TERMINATOR]);
  const out: number[] = [];
  for (const byte of bytes) {
    out.push(byte);
    if (byte === 0) out.push(0xff);
  }
  return Buffer.concat([Buffer.from(out), TERMINATOR]);
}

function timestampKey(micros: number): Buffer {
  const key = Buffer.alloc(9, TYPE.timestamp);
  // Firestore's timestamps begin in the year 1, which is 62,135,596,800 s before 1970: shifted, all are positive.
  key.writeBigUInt64BE(BigInt(micros) + 62_135_596_800_000_000n, 1);
  return key;
}

/**
 * Integers and doubles in one exact order: the nearest double, then the distance from it, which is 0 for a double and
 * at most 512 for an integer beyond 2^53.
 */
function numberKey(value: ProtoValue): Buffer {
  const key = Buffer.alloc(11, TYPE.number);
  let nearest = value.doubleValue;
  let distance = 0;
  if (nearest === undefined) {
    const digits = value.integerValue ?? '0';
    nearest = Number(digits);
    if (!Number.isSafeInteger(nearest)) distance = Number(BigInt(digits) - BigInt(nearest));
  }
  writeDouble(key, 1, nearest);
  key.writeUInt16BE(distance + 0x8000, 9);
  return key;
}

function writeDouble(key: Buffer, offset: number, value: number): void {
  if (Number.isNaN(value)) {
    key.fill(0, offset, offset + 8);
    return;
  }
  key.writeDoubleBE(value === 0 ? 0 : value, offset);
  const first = key.readUInt8(offset);
  if (first < 0x80) key.writeUInt8(first | 0x80, offset);
  else for (let at = offset; at < offset + 8; at++) key.writeUInt8(~key.readUInt8(at) & 0xff, at);
}

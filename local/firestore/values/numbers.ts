import type { ProtoValue } from '../wire.ts';

const MAX_INT64 = 2n ** 63n - 1n;
const MIN_INT64 = -(2n ** 63n);

export function isNumber({ integerValue, doubleValue }: ProtoValue): boolean {
  return integerValue !== undefined || doubleValue !== undefined;
}

export function isNaNValue({ doubleValue }: ProtoValue): boolean {
  return Number.isNaN(doubleValue);
}

/** The nearest integer that an int64 holds. */
export function clampedToInt64(exact: bigint): bigint {
  return exact > MAX_INT64 ? MAX_INT64 : exact < MIN_INT64 ? MIN_INT64 : exact;
}

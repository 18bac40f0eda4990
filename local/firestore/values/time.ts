import { invalid } from '../errors.ts';
import type { ProtoTimestamp } from '../wire.ts';

/** Microseconds since the Unix epoch; exact in a double until the year 2255, so for times of the server only. */
export function timestampFromMicros(micros: number): ProtoTimestamp {
  const seconds = Math.floor(micros / 1e6);
  return { seconds: String(seconds), nanos: (micros - seconds * 1e6) * 1000 };
}

/** Microseconds since the Unix epoch, what is finer is cut off; exact in a double until the year 2255. */
export function microsFromTimestamp(timestamp: Partial<ProtoTimestamp>): number {
  return Number(timestamp.seconds ?? 0) * 1e6 + Math.floor((timestamp.nanos ?? 0) / 1000);
}

/** The years 1 to 9999: google.protobuf.Timestamp */
const FIRST_SECOND = -62_135_596_800;
const LAST_SECOND = 253_402_300_799;

/** A timestamp as it is stored: what is finer than a microsecond is cut off. Throws INVALID_ARGUMENT. */
export function storedTimestamp({ seconds = '0', nanos = 0 }: Partial<ProtoTimestamp>): ProtoTimestamp {
  if (Number(seconds) < FIRST_SECOND || Number(seconds) > LAST_SECOND || nanos < 0 || nanos > 999_999_999) {
    throw invalid(`Timestamp ${seconds} s, ${nanos} ns is not within the years 1 to 9999.`);
  }
  return { seconds, nanos: nanos - (nanos % 1000) };
}

/** Microseconds since the beginning of the year 1, with which Firestore's timestamps begin: never negative. */
export function microsSinceYearOne({ seconds = '0', nanos = 0 }: Partial<ProtoTimestamp>): bigint {
  return (BigInt(seconds) + 62_135_596_800n) * 1_000_000n + BigInt(Math.floor(nanos / 1000));
}

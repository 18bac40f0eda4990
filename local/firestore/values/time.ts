import type { ProtoTimestamp } from '../wire.ts';

/** Microseconds since the Unix epoch; exact in a double until the year 2255. */
export function timestampFromMicros(micros: number): ProtoTimestamp {
  const seconds = Math.floor(micros / 1e6);
  return { seconds: String(seconds), nanos: (micros - seconds * 1e6) * 1000 };
}

/** Microseconds since the Unix epoch, what is finer is cut off. */
export function microsFromTimestamp(timestamp: Partial<ProtoTimestamp>): number {
  return Number(timestamp.seconds ?? 0) * 1e6 + Math.floor((timestamp.nanos ?? 0) / 1000);
}

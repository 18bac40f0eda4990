/** Beyond this many bytes an export is written by a task. */
export const MAX_STREAM_BYTES = 8 * 2 ** 20;

/** Documents or buckets that are read for an answer at most: Hosting waits 60 s for the whole of it. */
export const MAX_STREAM_UNITS = 40_000;

/** How large an export is: documents or buckets in all, and what the first page of them made. */
export interface Sample {
  units: number;
  firstUnits: number;
  firstBytes: number;
}

/** Bytes to expect when all is as the first page is. */
export function expectedBytes({ units, firstUnits, firstBytes }: Sample): number {
  return firstUnits === 0 ? 0 : Math.ceil((firstBytes / firstUnits) * units);
}

/** Whether an export is small enough to be an answer itself. */
export function isStreamed(sample: Sample): boolean {
  return sample.units <= MAX_STREAM_UNITS && expectedBytes(sample) <= MAX_STREAM_BYTES;
}

import { BEYOND } from './bounds.ts';
import type { HistogramSample, Labels } from './exposition.ts';

const MS_PER_SEC = 1_000;

/** A series of seconds, from counts as `addedUp` gives them, and a sum, both of ms. */
export function histogramOf(
  labels: Labels,
  counts: ReadonlyMap<string, number>,
  sumMs: number,
  boundsMs: readonly number[],
): HistogramSample {
  let highest = 0;
  // A correction of what ended before counting began can leave less within a bound than within a lower one.
  const upTo = (name: string) => {
    highest = Math.max(highest, counts.get(name) ?? 0);
    return highest;
  };
  return {
    labels,
    counts: boundsMs.map((bound) => ({ bound: bound / MS_PER_SEC, count: upTo(String(bound)) })),
    count: upTo(BEYOND),
    sum: sumMs / MS_PER_SEC,
  };
}

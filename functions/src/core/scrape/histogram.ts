import type { HistogramSample, Labels } from './exposition.ts';

const MS_PER_SEC = 1_000;

/** A series of seconds, from counts by the names that `boundOf` gives, and a sum, both of ms. */
export function histogramOf(
  labels: Labels,
  countsByBound: ReadonlyMap<string, number>,
  sumMs: number,
  boundsMs: readonly number[],
): HistogramSample {
  return {
    labels,
    counts: boundsMs.map((bound) => ({ bound: bound / MS_PER_SEC, count: countsByBound.get(String(bound)) ?? 0 })),
    beyond: countsByBound.get('inf') ?? 0,
    sum: sumMs / MS_PER_SEC,
  };
}

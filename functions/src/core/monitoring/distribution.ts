import type { Sketch } from '../rollup/sketch.ts';
import { countsByBound, GENERATION_BOUNDS_MS } from '../scrape/bounds.ts';

const MS_PER_SEC = 1_000;

/** A distribution as Cloud Monitoring has it, in seconds. */
export interface Distribution {
  count: number;
  mean: number;
  sumOfSquaredDeviation: number;
  /** Between the parts; there is one part more. */
  bounds: readonly number[];
  bucketCounts: readonly number[];
}

/** What a sketch of ms holds, in the parts of the histograms that Prometheus is told; undefined where it holds nothing. */
export function distributionOf(sketch: Sketch, sumMs: number): Distribution | undefined {
  const count = sketch.count;
  if (count <= 0) return undefined;
  const parts = countsByBound(sketch, GENERATION_BOUNDS_MS);
  const mean = sumMs / count / MS_PER_SEC;
  return {
    ...{ count, mean },
    sumOfSquaredDeviation: squaredDeviation(sketch, mean),
    bounds: GENERATION_BOUNDS_MS.map((bound) => bound / MS_PER_SEC),
    bucketCounts: [...GENERATION_BOUNDS_MS.map(String), 'inf'].map((bound) => parts.get(bound) ?? 0),
  };
}

/** Each value is taken for the middle of its bin, so it is as accurate as the sketch. */
function squaredDeviation(sketch: Sketch, mean: number): number {
  const gamma = (1 + sketch.accuracy) / (1 - sketch.accuracy);
  const ofBins = sketch.bins().map(({ index, count }) => {
    const middle = (2 * gamma ** index) / (gamma + 1) / MS_PER_SEC;
    return count * (middle - mean) ** 2;
  });
  return ofBins.reduce((sum, each) => sum + each, sketch.zeros * mean ** 2);
}

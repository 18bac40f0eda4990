import type { Sketch } from '../rollup/sketch.ts';

/** Upper bounds of the histograms of a generation's times, in ms. */
export const GENERATION_BOUNDS_MS: readonly number[] = [
  ...[500, 1_000, 2_000, 5_000, 10_000, 20_000, 30_000, 45_000, 60_000],
  ...[90_000, 120_000, 180_000, 300_000, 600_000, 1_200_000, 3_600_000],
];

/** Upper bounds of the histogram of the API's answer times, in ms. */
export const REQUEST_BOUNDS_MS: readonly number[] = [
  ...[10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000],
];

/** The name of what is beyond all bounds. */
export const BEYOND = 'inf';

/** The least bound that a value does not exceed, as the name of its part of a histogram; `inf` beyond all of them. */
export function boundOf(value: number, bounds: readonly number[]): string {
  return String(bounds.find((bound) => value <= bound) ?? BEYOND);
}

/**
 * How many values of a sketch are in each part of a histogram. What is exactly at a bound is within it, and so is a value that
 * exceeds it by less than the sketch tells apart.
 */
export function countsByBound(sketch: Sketch, bounds: readonly number[]): Map<string, number> {
  const counts = new Map<string, number>();
  const count = (value: number, n: number) => {
    const bound = boundOf(value, bounds);
    counts.set(bound, (counts.get(bound) ?? 0) + n);
  };
  if (sketch.zeros !== 0) count(0, sketch.zeros);
  const gamma = (1 + sketch.accuracy) / (1 - sketch.accuracy);
  for (const bin of sketch.bins()) count(gamma ** (bin.index - 1), bin.count);
  return counts;
}

/** From what is in each part of a histogram and in none before it, what is at most its bound; `inf` is everything. */
export function addedUp(counts: ReadonlyMap<string, number>, bounds: readonly number[]): Map<string, number> {
  let sum = 0;
  return new Map(
    [...bounds.map(String), BEYOND].map((name) => {
      sum += counts.get(name) ?? 0;
      return [name, sum];
    }),
  );
}

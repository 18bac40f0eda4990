import { chiSquareUpper } from '../insights/driftDistributions.ts';

/** A value at a place in time; places are whole, rising numbers, some of which may have no value. */
export interface Observation {
  at: number;
  value: number;
}

/** value = base + slope · at. */
export interface Line {
  slope: number;
  base: number;
}

/** The middle of some numbers, or the mean of the two in the middle; undefined of none. */
export function median(values: ArrayLike<number>): number | undefined {
  const parted = Float64Array.from(values);
  if (parted.length === 0) return undefined;
  const low = smallest(parted, (parted.length - 1) >> 1);
  const high = smallest(parted, parted.length >> 1);
  // Their sum could be infinite.
  return low + (high - low) / 2;
}

/**
 * What would be at a place if the values were in order, which they are in part afterwards (C. A. R. Hoare, Algorithm 65: find,
 * Comm. ACM 4, 1961): of the 80,000 slopes of a long series several times as fast as sorting them.
 */
function smallest(values: Float64Array, place: number): number {
  const at = (i: number) => values[i] ?? 0;
  for (let [from, to] = [0, values.length - 1]; from < to; ) {
    const pivot = at(place);
    let [i, j] = [from, to];
    while (i <= j) {
      while (at(i) < pivot) i++;
      while (pivot < at(j)) j--;
      if (i > j) break;
      [values[i], values[j]] = [at(j), at(i)];
      i++;
      j--;
    }
    if (j < place) from = i;
    if (place < i) to = j;
  }
  return at(place);
}

/**
 * The line whose slope is the median of the slopes between any two observations, and whose base is the median of what remains
 * (H. Theil, Proc. Kon. Ned. Akad. Wetensch. A 53, 1950; P. K. Sen, J. Am. Stat. Assoc. 63, 1968, 1379–1389): up to 29 % of
 * the values may be anything. Undefined for fewer than two.
 */
export function theilSen(observations: readonly Observation[]): Line | undefined {
  const n = observations.length;
  const slopes = new Float64Array((n * (n - 1)) / 2);
  let count = 0;
  for (const [i, a] of observations.entries())
    for (let j = i + 1; j < n; j++) {
      const b = observations[j] ?? a;
      slopes[count++] = (b.value - a.value) / (b.at - a.at);
    }
  const slope = median(slopes);
  const base = slope === undefined ? undefined : median(residualsOf(observations, { slope, base: 0 }));
  return slope === undefined || base === undefined ? undefined : { slope, base };
}

/** What of each value a line leaves. */
export const residualsOf = (observations: readonly Observation[], { slope, base }: Line): number[] =>
  observations.map(({ at, value }) => value - base - slope * at);

/**
 * Whether values rise or fall in their order: S, the pairs that rise less those that fall, and how likely that much is by
 * chance, two-sided (H. B. Mann, Econometrica 13, 1945, 245–259; M. G. Kendall, Rank Correlation Methods, 1948: the normal
 * approximation with correction for ties and for continuity, which is good from 8 values on).
 */
export function mannKendall(values: readonly number[]): { s: number; pValue: number } {
  let s = 0;
  for (const [i, a] of values.entries())
    for (let j = i + 1; j < values.length; j++) s += Math.sign((values[j] ?? a) - a);
  const spread = (n: number) => n * (n - 1) * (2 * n + 5);
  const ofTies = tiesOf(values).reduce((sum, ties) => sum + spread(ties), 0);
  const variance = (spread(values.length) - ofTies) / 18;
  const z = Math.max(0, Math.abs(s) - 1) / Math.sqrt(variance);
  // z² has the χ² distribution of one degree of freedom where z is normal.
  return { s, pValue: variance > 0 ? chiSquareUpper(z * z, 1) : 1 };
}

/**
 * How likely it is by chance that groups differ as much as these (W. H. Kruskal, W. A. Wallis, J. Am. Stat. Assoc. 47, 1952,
 * 583–621), by mean ranks with correction for ties.
 */
export function kruskalWallis(groups: readonly (readonly number[])[]): number {
  const ranked = groups.flatMap((values, group) => values.map((value) => ({ value, group })));
  const n = ranked.length;
  const ranks = meanRanks(ranked.map(({ value }) => value));
  const sums = groups.map(() => 0);
  for (const [i, { group }] of ranked.entries()) sums[group] = (sums[group] ?? 0) + (ranks[i] ?? 0);
  const filled = groups.flatMap(({ length }, group) => (length > 0 ? [(sums[group] ?? 0) ** 2 / length] : []));
  const ofRanks = (12 / (n * (n + 1))) * filled.reduce((sum, each) => sum + each, 0) - 3 * (n + 1);
  const ofTies = 1 - tiesOf(ranked.map(({ value }) => value)).reduce((sum, t) => sum + t ** 3 - t, 0) / (n ** 3 - n);
  return ofTies > 0 && filled.length > 1 ? chiSquareUpper(Math.max(0, ofRanks / ofTies), filled.length - 1) : 1;
}

/** How often each value occurs. */
function tiesOf(values: readonly number[]): number[] {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts.values()];
}

/** The rank of each value from 1 on; equal values share the mean of theirs. */
function meanRanks(values: readonly number[]): number[] {
  const sorted = [...values].sort((a, b) => a - b);
  const rankOf = new Map<number, number>();
  for (const [i, value] of sorted.entries()) {
    if (rankOf.has(value)) continue;
    rankOf.set(value, (i + 1 + sorted.lastIndexOf(value) + 1) / 2);
  }
  return values.map((value) => rankOf.get(value) ?? 0);
}

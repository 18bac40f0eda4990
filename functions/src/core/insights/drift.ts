import { chiSquareUpper, studentTwoSided } from './driftDistributions.ts';

/** What Welch's test needs of a sample; `variance` is the unbiased one (÷ n − 1). */
export interface Sample {
  n: number;
  mean: number;
  variance: number;
}

/** A test of whether two samples differ: its statistic, its degrees of freedom, and how likely that much is by chance. */
export interface Test {
  statistic: number;
  degrees: number;
  pValue: number;
}

/**
 * Whether the means of two samples of 2 or more differ, by the t-test that does not take their variances to be equal
 * (B. L. Welch, Biometrika 34, 1947, 28–35; degrees of freedom by Welch and Satterthwaite). Positive: `now` is higher.
 */
export function welch(now: Sample, before: Sample): Test {
  const [a, b] = [now.variance / now.n, before.variance / before.n];
  const difference = now.mean - before.mean;
  // Samples of one value each: any difference is beyond chance.
  if (a + b === 0) return { statistic: difference, degrees: now.n + before.n - 2, pValue: difference === 0 ? 1 : 0 };
  const statistic = difference / Math.sqrt(a + b);
  const degrees = (a + b) ** 2 / (a ** 2 / (now.n - 1) + b ** 2 / (before.n - 1));
  return { statistic, degrees, pValue: studentTwoSided(statistic, degrees) };
}

/** What a bin must be expected to hold for χ² to be a good approximation (W. G. Cochran, Biometrics 10, 1954, 417–451). */
const MIN_EXPECTED = 5;

/**
 * Whether two histograms over the same bins come from one distribution: Pearson's χ² test of homogeneity, neighbouring bins put
 * together until each is expected to hold 5 in both. Undefined where fewer than two bins remain.
 */
export function chiSquareTest(now: readonly number[], before: readonly number[]): Test | undefined {
  const [nNow, nBefore] = [total(now), total(before)];
  if (nNow === 0 || nBefore === 0) return undefined;
  const smallerShare = Math.min(nNow, nBefore) / (nNow + nBefore);
  const bins = merged(now, before, MIN_EXPECTED / smallerShare);
  if (bins.length < 2) return undefined;
  const statistic = bins.reduce((sum, [a, b]) => {
    const both = a + b;
    const expected = (both * nNow) / (nNow + nBefore);
    // The deviation is the same in both samples but for its sign.
    return sum + (a - expected) ** 2 / expected + (a - expected) ** 2 / (both - expected);
  }, 0);
  const degrees = bins.length - 1;
  return { statistic, degrees, pValue: chiSquareUpper(statistic, degrees) };
}

const total = (counts: readonly number[]) => counts.reduce((sum, count) => sum + count, 0);

/** Bins of at least `minBoth` in both samples together; what is left over at the end goes to the last of them. */
function merged(now: readonly number[], before: readonly number[], minBoth: number): [number, number][] {
  const bins: [number, number][] = [];
  let open: [number, number] = [0, 0];
  for (const [index, count] of now.entries()) {
    open = [open[0] + count, open[1] + (before[index] ?? 0)];
    if (open[0] + open[1] < minBoth) continue;
    bins.push(open);
    open = [0, 0];
  }
  const last = bins.pop();
  return last ? [...bins, [last[0] + open[0], last[1] + open[1]]] : [];
}

/**
 * P-values of tests made together, raised so that the chance of even one false alarm among them stays below the level that they
 * are compared with, however the tests depend on one another (S. Holm, Scand. J. Statist. 6, 1979, 65–70). In their order.
 */
export function holm(pValues: readonly number[]): number[] {
  const adjusted = new Array<number>(pValues.length);
  let highest = 0;
  const rising = [...pValues.entries()].sort(([, a], [, b]) => a - b);
  for (const [rank, [index, pValue]] of rising.entries()) {
    highest = Math.max(highest, Math.min(1, pValue * (pValues.length - rank)));
    adjusted[index] = highest;
  }
  return adjusted;
}

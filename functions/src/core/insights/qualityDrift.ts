import { z } from 'zod';
import { chiSquareTest, holm, type Sample, type Test, welch } from './drift.ts';

/** A difference is told of where chance alone would make one anywhere in the document less than once in a hundred. */
export const DRIFT_LEVEL = 0.01;
/** Fewer in either period: no test. */
export const DRIFT_MIN_N = 30;

const testSchema = z.strictObject({
  statistic: z.number(),
  degrees: z.number(),
  pValue: z.number().min(0).max(1),
  /** After Holm, over all tests of the document; what `direction` and `shape` go by. */
  adjustedPValue: z.number().min(0).max(1),
});

export const driftSchema = z.strictObject({
  /** Whether the mean moved, against the period before, by more than chance; unknown: not tested. */
  direction: z.enum(['up', 'down', 'none', 'unknown']),
  /** Whether the distribution did. */
  shape: z.enum(['changed', 'same', 'unknown']),
  /** Why something is unknown: fewer than 30 in either period, or all values in one bin. */
  reason: z.enum(['too few', 'one bin']).optional(),
  before: z.strictObject({ n: z.int().min(0), mean: z.number().optional() }),
  /** Welch's t-test of the means. */
  means: testSchema.optional(),
  /** Pearson's χ² test of the bins. */
  bins: testSchema.optional(),
});

export type Drift = z.infer<typeof driftSchema>;

/** What was measured in a period: a sample, and its histogram. */
export interface Measured extends Sample {
  bins: readonly number[];
}

/** One measure of one group in a period and the one before; undefined: nothing was measured. */
export interface Compared {
  now: Measured;
  before: Measured | undefined;
}

/** How each of the measures of one document moved, in their order. All their tests count as made together. */
export function driftsOf(compared: readonly Compared[]): Drift[] {
  const tested = compared.map(testsOf);
  const all = tested.flatMap(({ means, bins }) => [means, bins].filter((test) => test !== undefined));
  const adjusted = new Map(holm(all.map(({ pValue }) => pValue)).map((pValue, at) => [all[at], pValue]));
  const told = (test: Test | undefined) => test && { ...test, adjustedPValue: adjusted.get(test) ?? 1 };
  return compared.map(({ before }, at) => {
    const [means, bins] = [told(tested[at]?.means), told(tested[at]?.bins)];
    const reason = means ? (bins ? undefined : 'one bin') : 'too few';
    return {
      direction: directionOf(means),
      shape: bins ? (bins.adjustedPValue < DRIFT_LEVEL ? 'changed' : 'same') : 'unknown',
      ...(reason && { reason }),
      before: before ? { n: before.n, mean: before.mean } : { n: 0 },
      ...(means && { means }),
      ...(bins && { bins }),
    };
  });
}

function testsOf({ now, before }: Compared): { means?: Test | undefined; bins?: Test | undefined } {
  if (!before || Math.min(now.n, before.n) < DRIFT_MIN_N) return {};
  return { means: welch(now, before), bins: chiSquareTest(now.bins, before.bins) };
}

function directionOf(means: { statistic: number; adjustedPValue: number } | undefined): Drift['direction'] {
  if (!means) return 'unknown';
  if (means.adjustedPValue >= DRIFT_LEVEL) return 'none';
  return means.statistic > 0 ? 'up' : 'down';
}

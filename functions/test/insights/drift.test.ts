import assert from 'node:assert/strict';
import fc from 'fast-check';
import { chiSquareTest, holm, type Sample, welch } from '../../src/core/insights/drift.ts';
import { chiSquareUpper } from '../../src/core/insights/driftDistributions.ts';

const close = (actual: number, expected: number, relative = 1e-12) =>
  assert.ok(
    actual === expected || Math.abs(actual - expected) <= relative * Math.abs(expected),
    `${actual} is not ${expected}`,
  );

/** Unbiased. */
function sampleOf(values: readonly number[]): Sample {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  return { n, mean, variance: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1) };
}

/** Numbers in [0, 1) that are the same in every run. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

describe('insights: whether means differ (Welch)', () => {
  it('by hand', () => {
    // 1..5 against 2, 4, .. 10: variances 2.5 and 10, so the difference of −3 has an error of √(0.5 + 2) and 2.5²/(0.25/4 + 4/4) degrees.
    const test = welch(sampleOf([1, 2, 3, 4, 5]), sampleOf([2, 4, 6, 8, 10]));
    close(test.statistic, -3 / Math.sqrt(2.5));
    close(test.degrees, 6.25 / 1.0625);
    close(test.pValue, 0.10753119493062714, 1e-10);
  });

  it('takes constant samples for what they are', () => {
    const constant = (mean: number) => ({ n: 40, mean, variance: 0 });
    assert.equal(welch(constant(5), constant(5)).pValue, 1);
    assert.equal(welch(constant(6), constant(5)).pValue, 0);
    assert.equal(welch(constant(6), constant(5)).statistic, 1);
  });

  const values = fc.array(fc.integer({ min: 0, max: 1_000 }), { minLength: 2, maxLength: 60 });

  it('is the same the other way round, and wherever the scale begins', () => {
    fc.assert(
      fc.property(values, values, fc.integer({ min: 1, max: 500 }), (a, b, shift) => {
        const [one, other] = [welch(sampleOf(a), sampleOf(b)), welch(sampleOf(b), sampleOf(a))];
        close(one.pValue, other.pValue, 1e-9);
        close(one.statistic, -other.statistic, 1e-9);
        const shifted = welch(sampleOf(a.map((x) => x + shift)), sampleOf(b.map((x) => x + shift)));
        close(shifted.pValue, one.pValue, 1e-6);
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it('cries wolf as often as it says that it does', () => {
    const random = numbers(7);
    const score = () => Math.floor((random() + random() + random()) * 300);
    const pValues = Array.from({ length: 2_000 }, () => {
      const [a, b] = [40, 60].map((n) => sampleOf(Array.from({ length: n }, score)));
      return a && b ? welch(a, b).pValue : 0;
    });
    for (const level of [0.01, 0.05, 0.25, 0.5, 0.9]) {
      const share = pValues.filter((p) => p < level).length / pValues.length;
      // Four standard errors.
      assert.ok(Math.abs(share - level) < 4 * Math.sqrt((level * (1 - level)) / 2_000), `${share} below ${level}`);
    }
  });
});

describe('insights: whether distributions differ (χ²)', () => {
  it('by hand', () => {
    // Of 60 and 40: expected are 30 and 20 in each bin; (20−30)²/30 + (30−20)²/20 in both, so χ² = 2·(10²/30 + 10²/20) = 16.67.
    const test = chiSquareTest([20, 40], [30, 10]);
    close(test?.statistic ?? 0, 50 / 3);
    assert.equal(test?.degrees, 1);
    close(test?.pValue ?? 0, chiSquareUpper(50 / 3, 1));
  });

  it('puts neighbours together until both are expected to have 5', () => {
    // As large samples: 10 together are needed. [2+2+6 | 30 | 30+1+1] against [2+3+5 | 25 | 35+1+1].
    const now = [2, 2, 6, 30, 30, 1, 1];
    const before = [2, 3, 5, 25, 35, 1, 1];
    assert.deepEqual(chiSquareTest(now, before), chiSquareTest([10, 30, 32], [10, 25, 37]));
    assert.equal(chiSquareTest(now, before)?.degrees, 2);
    // Of a sample a tenth as large as both together, 50 in both make 5 in it: 33 do not, 66 do, and the last 34 go with them.
    assert.equal(chiSquareTest([30, 30, 30], [3, 3, 4])?.degrees, undefined);
  });

  it('says nothing of a single bin, or of nothing', () => {
    assert.equal(chiSquareTest([0, 50, 0], [0, 70, 0]), undefined);
    assert.equal(chiSquareTest([0, 0], [40, 40]), undefined);
    assert.equal(chiSquareTest([0, 0], [0, 0]), undefined);
  });

  const bins = fc.array(fc.integer({ min: 0, max: 80 }), { minLength: 20, maxLength: 20 });

  it('is the same the other way round; 0 of a sample with itself', () => {
    fc.assert(
      fc.property(bins, bins, (a, b) => {
        const [one, other] = [chiSquareTest(a, b), chiSquareTest(b, a)];
        assert.equal(one === undefined, other === undefined);
        if (one && other) close(one.statistic, other.statistic, 1e-9);
        const same = chiSquareTest(a, a);
        if (same) assert.ok(same.statistic < 1e-9 && same.pValue > 0.999_999);
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it('cries wolf no more often than it says', () => {
    const random = numbers(11);
    const histogram = (n: number) => {
      const counts = new Array<number>(20).fill(0);
      for (let at = 0; at < n; at += 1) {
        const bin = Math.floor(((random() + random()) / 2) * 20);
        counts[bin] = (counts[bin] ?? 0) + 1;
      }
      return counts;
    };
    const pValues = Array.from({ length: 1_000 }, () => chiSquareTest(histogram(200), histogram(300))?.pValue ?? 0);
    for (const level of [0.01, 0.05, 0.5]) {
      const share = pValues.filter((p) => p < level).length / pValues.length;
      assert.ok(Math.abs(share - level) < 4 * Math.sqrt((level * (1 - level)) / 1_000), `${share} below ${level}`);
    }
  });
});

describe('insights: many tests at once (Holm)', () => {
  it('by hand', () => {
    // Sorted 0.005, 0.01, 0.03, 0.04 by 4, 3, 2, 1; never falling: 0.02, 0.03, 0.06, 0.06.
    const adjusted = holm([0.01, 0.04, 0.03, 0.005]);
    for (const [at, expected] of [0.03, 0.06, 0.06, 0.02].entries()) close(adjusted[at] ?? 0, expected);
    assert.deepEqual(holm([]), []);
    assert.deepEqual(holm([0.7, 0.6]), [1, 1]);
  });

  it('keeps the order, never lowers, and leaves one test alone', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 30 }), (pValues) => {
        const adjusted = holm(pValues);
        for (const [at, p] of pValues.entries()) {
          assert.ok((adjusted[at] ?? 0) >= p && (adjusted[at] ?? 2) <= 1);
          for (const [other, q] of pValues.entries()) {
            if (p < q) assert.ok((adjusted[at] ?? 0) <= (adjusted[other] ?? 0));
          }
        }
        assert.deepEqual(holm(pValues.slice(0, 1)), pValues.slice(0, 1));
      }),
      { seed: 1, numRuns: 300 },
    );
  });
});

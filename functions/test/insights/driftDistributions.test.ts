import assert from 'node:assert/strict';
import fc from 'fast-check';
import { chiSquareUpper, studentTwoSided } from '../../src/core/insights/driftDistributions.ts';

const close = (actual: number, expected: number, relative = 1e-12) =>
  assert.ok(
    actual === expected || Math.abs(actual - expected) <= relative * Math.abs(expected),
    `${actual} is not ${expected}`,
  );

describe('insights: the distributions behind the tests', () => {
  // 40-digit values of the incomplete beta and gamma functions, by mpmath 1.3.
  const STUDENT: [t: number, degrees: number, p: number][] = [
    [0.001, 0.5, 0.9994606476684876],
    [0.1, 1, 0.9365489651388929],
    [1, 2, 0.4226497308103742],
    [1.96, 3.7, 0.12728304125953005],
    [2.5758, 29, 0.015362683878849656],
    [4, 58.3, 0.00018087795394100943],
    [10, 1_000, 1.6670702958600067e-22],
    [30, 100, 8.380332558688292e-52],
    [0.5, 25_000, 0.6170794782413274],
    [4, 1_000_000, 6.33470340100481e-5],
  ];
  const CHI_SQUARE: [chiSquare: number, degrees: number, p: number][] = [
    [0.01, 1, 0.920344325445942],
    [3.84, 1, 0.050043521248705106],
    [0.5, 5, 0.9921232932326296],
    [11.07, 5, 0.05000961862240548],
    [30, 19, 0.051798458893023876],
    [80, 19, 1.8596255029858508e-9],
    [200, 40, 3.764893576001475e-23],
    [5, 100, 1.0],
    [200, 100, 1.1784500720979422e-8],
  ];

  it("knows Student's t far into its tail", () => {
    for (const [t, degrees, p] of STUDENT) close(studentTwoSided(t, degrees), p, 1e-8);
  });

  it('knows χ² far into its tail', () => {
    for (const [chiSquare, degrees, p] of CHI_SQUARE) close(chiSquareUpper(chiSquare, degrees), p, 1e-11);
  });

  it('agrees with the critical values in the tables of the NIST handbook', () => {
    // https://www.itl.nist.gov/div898/handbook/eda/section3/eda3672.htm and eda3674.htm, to their three decimals.
    const t: [number, number, number][] = [
      [12.706, 1, 0.05],
      [2.228, 10, 0.05],
      [2.845, 20, 0.01],
      [1.984, 100, 0.05],
    ];
    for (const [critical, degrees, p] of t) close(studentTwoSided(critical, degrees), p, 1e-3);
    const chiSquare: [number, number, number][] = [
      [3.841, 1, 0.05],
      [11.07, 5, 0.05],
      [23.209, 10, 0.01],
      [36.191, 19, 0.01],
    ];
    for (const [critical, degrees, p] of chiSquare) close(chiSquareUpper(critical, degrees), p, 1e-3);
  });

  it('is in closed form where there is one', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 30, noNaN: true }), (x) => {
        // One degree is Cauchy's distribution; two have roots; χ² with two degrees is exponential.
        close(studentTwoSided(x, 1), 1 - (2 / Math.PI) * Math.atan(x), 1e-9);
        close(studentTwoSided(x, 2), 1 - x / Math.sqrt(2 + x * x), 1e-9);
        close(chiSquareUpper(x, 2), Math.exp(-x / 2), 1e-11);
        close(studentTwoSided(-x, 7.5), studentTwoSided(x, 7.5));
      }),
      { seed: 1, numRuns: 300 },
    );
  });
});

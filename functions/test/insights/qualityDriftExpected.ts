import assert from 'node:assert/strict';
import { chiSquareTest, type Test, welch } from '../../src/core/insights/drift.ts';
import type { QualityGroup } from '../../src/core/insights/quality.ts';
import type { Drift } from '../../src/core/insights/qualityDrift.ts';
import { sum } from './behaviourExpected.ts';
import { binsOf, type Values } from './qualityExpected.ts';

interface Expected {
  before: { n: number; mean?: number };
  means?: Test;
  bins?: Test | undefined;
  /** Of `means` and `bins`. */
  adjusted: [number, number];
}

const MEASURES = [
  ['scores', (score: number) => Math.min(19, Math.floor(score / 50)), 20],
  ['stars', (star: number) => star - 1, 5],
] as const;

/** The key of a group in the expected computation. */
export function nameOf({ level, provider, model, kind }: Pick<QualityGroup, 'level' | 'provider' | 'model' | 'kind'>) {
  return `${level} ${[provider, model, kind].filter((part) => part !== undefined).join('/')}`;
}

/** How every measure moved, from the values themselves; the tests alone are those of the project, which are checked apart. */
export function qualityDrift(now: Map<string, Values>, before: Map<string, Values>): Map<string, Expected> {
  const found = new Map<string, Expected>();
  for (const [key, values] of now) {
    for (const [measure, binOf, length] of MEASURES) {
      const [mine, theirs] = [values[measure], before.get(key)?.[measure] ?? []];
      if (mine.length === 0) continue;
      const { variance: _, ...sample } = sampleOf(theirs);
      const expected: Expected = { before: theirs.length > 0 ? sample : { n: 0 }, adjusted: [1, 1] };
      if (mine.length >= 30 && theirs.length >= 30) {
        expected.means = welch(sampleOf(mine), sampleOf(theirs));
        expected.bins = chiSquareTest(binsOf(mine, binOf, length), binsOf(theirs, binOf, length));
      }
      found.set(`${key} ${measure}`, expected);
    }
  }
  const all = [...found.values()].flatMap(({ means, bins }) => [means?.pValue ?? [], bins?.pValue ?? []].flat());
  for (const each of found.values()) {
    each.adjusted = [adjusted(each.means?.pValue ?? 1, all), adjusted(each.bins?.pValue ?? 1, all)];
  }
  return found;
}

/** Holm's rule said the other way: the highest of what each p-value up to this one comes to. */
function adjusted(pValue: number, all: number[]): number {
  const upTo = all.filter((other) => other <= pValue);
  return Math.min(1, Math.max(0, ...upTo.map((p) => p * all.filter((other) => other >= p).length)));
}

function sampleOf(values: number[]) {
  const n = values.length;
  const mean = sum(values) / n;
  return { n, mean, variance: sum(values.map((value) => (value - mean) ** 2)) / (n - 1) };
}

const close = (a: number, b: number, what: string) =>
  assert.ok(Math.abs(a - b) <= 1e-7 * Math.max(1, Math.abs(b)), `${what}: ${a} is not ${b}`);

/** Throws unless a drift is as expected; answers how many values were compared. */
export function assertDrift(drift: Drift, expected: Expected | undefined, what: string): number {
  assert.ok(expected, what);
  assert.deepEqual(drift.before, expected.before, what);
  let compared = 2;
  for (const [at, test] of (['means', 'bins'] as const).entries()) {
    const found: (Test & { adjustedPValue: number }) | undefined = drift[test];
    const wanted: Test | undefined = expected[test];
    assert.equal(found === undefined, wanted === undefined, `${what} ${test}`);
    if (!found || !wanted) continue;
    close(found.statistic, wanted.statistic, what);
    close(found.degrees, wanted.degrees, what);
    close(found.pValue, wanted.pValue, what);
    close(found.adjustedPValue, expected.adjusted[at] ?? 1, what);
    compared += 4;
  }
  const [meansP = 1, binsP = 1] = expected.adjusted;
  const moved = meansP < 0.01 ? ((expected.means?.statistic ?? 0) > 0 ? 'up' : 'down') : 'none';
  assert.equal(drift.direction, expected.means ? moved : 'unknown', what);
  assert.equal(drift.shape, expected.bins ? (binsP < 0.01 ? 'changed' : 'same') : 'unknown', what);
  assert.equal(drift.reason, expected.bins ? undefined : expected.means ? 'one bin' : 'too few', what);
  return compared + 3;
}

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Trend, trendOf } from '../../../src/core/analytics/trend.ts';
import { kruskalWallis, mannKendall, median, theilSen } from '../../../src/core/analytics/trendTest.ts';

const near = (actual: number | null | undefined, expected: number, tolerance = 1e-9) =>
  assert.ok(actual != null && Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected}`);
const inOrder = (values: number[]) => values.map((value, at) => ({ at, value }));
const weekdaysOf = (days: number) => Array.from({ length: days }, (_, day) => (day % 7) + 1);

describe('core/analytics/trend', () => {
  for (const [values, expected] of [
    [[], undefined],
    [[7], 7],
    [[9, 1, 5], 5],
    [[10, 2, 9, 1], 5.5],
  ] as const) {
    it(`the median of ${values.join(' ') || 'nothing'} is ${expected}`, () => assert.equal(median(values), expected));
  }

  for (const [what, observations, expected] of [
    ['a line', inOrder([3, 5, 7, 9]), { slope: 2, base: 3 }],
    // Slopes 1 1 1 97, 1 1 49, 1 33, 25.75 … of which the middle ones are 1 and 1; what it leaves: 1 1 1 1 96.
    ['one value gone wrong', inOrder([1, 2, 3, 4, 100]), { slope: 1, base: 1 }],
    // Slopes 1/1, 6/3, 5/2: the middle one is 2; what it leaves: 0 −1 0.
    ['a gap', [0, 1, 3].map((at, i) => ({ at, value: [0, 1, 6][i] ?? 0 })), { slope: 2, base: 0 }],
    ['one value', inOrder([1]), undefined],
  ] as const) {
    it(`the line of Theil and Sen through ${what}`, () => assert.deepEqual(theilSen(observations), expected));
  }

  // Such as 28, (8·7·21) ÷ 18 and erfc((28 − 1) ÷ √65.33 ÷ √2), the latter by Python's math.erfc.
  for (const [values, s, pValue] of [
    [[1, 2, 3, 4, 5, 6, 7, 8], 28, 0.0008366271311193047],
    [[1, 1, 2, 2, 3, 3, 4, 4], 24, 0.003315804401574488],
    [[3, 1, 4, 1, 5, 9, 2, 6, 5, 3], 12, 0.31930203648285493],
    [[8, 7, 6, 5, 4, 3, 2, 1, 0, 5], -34, 0.0030417443199009337],
    [[5, 5, 5, 5, 5, 5, 5, 5, 5], 0, 1],
  ] as const) {
    it(`Mann and Kendall's test of ${values.join(' ')}`, () => {
      const test = mannKendall(values);
      assert.equal(test.s, s);
      near(test.pValue, pValue, 1e-12);
    });
  }

  // The examples of scipy.stats.kruskal.
  for (const [groups, pValue] of [
    [
      [
        [1, 3, 5, 7, 9],
        [2, 4, 6, 8, 10],
      ],
      0.6015081344405895,
    ],
    [[[1, 1, 1], [2, 2, 2], [2, 2], []], 0.0301973834223185],
    [[[4, 4], [4]], 1],
  ] as const) {
    it(`Kruskal and Wallis's test of ${JSON.stringify(groups)}`, () => near(kruskalWallis(groups), pValue, 1e-12));
  }

  const told = ({ n, slope, direction, last }: Trend) => [n, slope, direction, last?.isUnusual ?? null];
  for (const [what, values, expected] of [
    ['nothing', [], [0, null, 'unknown', null]],
    ['seven values', [1, 2, 3, 4, 5, 6, 7], [7, 1, 'unknown', null]],
    ['eight that rise', [1, 2, 3, 4, 5, 6, 7, 8], [8, 1, 'rising', null]],
    ['eight that fall, with gaps', [9, null, 7, 6, 5, null, 3, 2, 1, 0], [8, -1, 'falling', null]],
    ['what goes up and down', [1, 2, 1, 2, 1, 2, 1, 2, 1], [9, 0, 'none', false]],
    ['the same all along', [5, 5, 5, 5, 5, 5, 5, 5, 5], [9, 0, 'none', false]],
    ['the same, and then another', [5, 5, 5, 5, 5, 5, 5, 5, 6], [9, 0, 'none', true]],
    ['tenths that rise, and go on', [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9], [9, 0.1, 'rising', false]],
  ] as const) {
    it(`of ${what}`, () => {
      const [n, slope, ...rest] = told(trendOf(values));
      assert.deepEqual([n, typeof slope === 'number' ? Math.round(slope * 1e9) / 1e9 : slope, ...rest], expected);
    });
  }

  it('the bounds of what is usual are 3 × 1.4826 × MAD from the middle of what the others leave', () => {
    // Slope 0 and base 10 of the first nine; they leave 0 1 −1 0 2 −2 0 1 −1, of which the MAD is 1.
    const earlier = [10, 11, 9, 10, 12, 8, 10, 11, 9];
    const { last } = trendOf([...earlier, 14.4]);
    near(last?.low, 10 - 4.4478);
    near(last?.high, 10 + 4.4478);
    assert.equal(last?.isUnusual, false);
    assert.equal(trendOf([...earlier, 14.5]).last?.isUnusual, true);
    assert.equal(trendOf([...earlier, 5.5]).last?.isUnusual, true);
  });

  it('weekends that differ are named, and a usual Sunday is not unusual', () => {
    const days = [10, 11, 10, 12, 10, 30, 31];
    const values = Array.from({ length: 28 }, (_, day) => (days[day % 7] ?? 0) + Math.floor(day / 7) * 0.1);
    const { weekly, last } = trendOf(values, weekdaysOf(28));
    assert.ok(weekly?.isSignificant && weekly.pValue < 0.001, String(weekly?.pValue));
    assert.deepEqual(
      weekly.medians.map(({ weekday, median }) => [weekday, Math.round(median * 100) / 100]),
      [...[10.15, 11.15, 10.15, 12.15, 10.15, 30.15, 31.15].map((value, i) => [i + 1, value])],
    );
    assert.equal(last?.isUnusual, false);
    const asOnMonday = trendOf([...values.slice(0, -1), 10], weekdaysOf(28));
    assert.equal(asOnMonday.last?.isUnusual, true);
    assert.equal(trendOf(values.slice(1), weekdaysOf(28).slice(1)).weekly, null, 'three Mondays only');
    assert.equal(trendOf(values).weekly, null);
  });

  it('a straight line has no weekdays, however its slope is rounded', () => {
    for (const days of [28, 31, 60, 90, 180])
      for (const slope of [0.01, 0.1, 0.07, 0.3, 1 / 3, 0.003])
        for (const base of [0.1, 1, 10, 33.3, 0.7]) {
          const values = Array.from({ length: days }, (_, day) => base + slope * day);
          const { weekly, last } = trendOf(values, weekdaysOf(days));
          assert.deepEqual([weekly?.pValue, last?.isUnusual], [1, false], `${days} ${slope} ${base}`);
        }
  });

  it('where most values are equal, what comes now and then is usual', () => {
    // Of 30 a fifth is 0.98 and the others 1: the MAD is 0, the root mean square distance from 1 is √0.2 × 0.02.
    const rates = Array.from({ length: 30 }, (_, day) => (day % 5 === 0 ? 0.98 : 1));
    const { last } = trendOf([...rates, 0.98]);
    near(last?.low, 1 - 3 * Math.sqrt(0.2) * 0.02);
    assert.equal(last?.isUnusual, false);
    assert.equal(trendOf([...rates, 0.97]).last?.isUnusual, true);
  });

  it('the last value that there is may not be of the last period', () => {
    assert.equal(trendOf([1, 2, 1, 2, 1, 2, 1, 2, 9, null, null]).last?.at, 8);
  });

  const values = fc.array(fc.option(fc.integer({ min: -1_000, max: 1_000 })), { maxLength: 40 });
  const flipped = { rising: 'falling', falling: 'rising', none: 'none', unknown: 'unknown' } as const;

  it('backwards, the direction and the slope are turned round', () => {
    fc.assert(
      fc.property(values, (series) => {
        const [there, back] = [trendOf(series), trendOf(series.toReversed())];
        assert.equal(back.direction, flipped[there.direction]);
        if (there.slope !== null) near(back.slope, -there.slope);
        assert.equal(back.pValue, there.pValue);
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it('a shift changes nothing, a scale the slope alone', () => {
    fc.assert(
      fc.property(values, fc.integer({ min: -99, max: 99 }), fc.integer({ min: 1, max: 50 }), (series, by, times) => {
        const there = trendOf(series);
        const moved = trendOf(series.map((value) => (value === null ? null : value * times + by)));
        assert.deepEqual([moved.n, moved.direction, moved.pValue], [there.n, there.direction, there.pValue]);
        assert.equal(moved.last?.isUnusual, there.last?.isUnusual);
        if (there.slope !== null) near(moved.slope, there.slope * times, 1e-6);
      }),
      { seed: 2, numRuns: 200 },
    );
  });

  it('what only rises is rising, however it rises', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 1e6 }), { minLength: 8, maxLength: 60 }), (steps) => {
        let sum = 0;
        const trend = trendOf(steps.map((step) => (sum += step)));
        assert.equal(trend.direction, 'rising');
        assert.ok(trend.slope !== null && trend.slope > 0);
      }),
      { seed: 3, numRuns: 200 },
    );
  });

  it('chance has a direction about once in twenty series', () => {
    const [series = []] = fc.sample(
      fc.array(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 30, maxLength: 30 }), {
        ...{ minLength: 400, maxLength: 400, size: 'max' },
      }),
      { seed: 4, numRuns: 1 },
    );
    const found = series.filter((one) => trendOf(one.map((v) => v)).direction !== 'none').length;
    assert.ok(found >= 5 && found <= 40, String(found));
  });
});

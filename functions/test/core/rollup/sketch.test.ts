import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Sketch } from '../../../src/core/rollup/sketch.ts';

const QS = [0, 0.01, 0.25, 0.5, 0.9, 0.95, 0.99, 1];
const values = fc.array(fc.oneof(fc.integer({ min: 0, max: 200 }), fc.maxSafeNat()), { minLength: 1, maxLength: 200 });

function sketchOf(list: readonly number[], accuracy = 0.005): Sketch {
  const sketch = new Sketch(accuracy);
  for (const value of list) sketch.add(value);
  return sketch;
}

const content = (sketch: Sketch) => ({ count: sketch.count, zeros: sketch.zeros, bins: sketch.bins() });

describe('core/rollup/sketch', () => {
  for (const accuracy of [0.005, 0.01]) {
    it(`gives every quantile within ${accuracy * 100} % of the order statistic`, () => {
      fc.assert(
        fc.property(values, (list) => {
          const sketch = sketchOf(list, accuracy);
          const sorted = list.toSorted((a, b) => a - b);
          for (const q of QS) {
            const exact = sorted[Math.floor(q * (list.length - 1))] ?? Number.NaN;
            const given = sketch.quantile(q) ?? Number.NaN;
            assert.ok(Math.abs(given - exact) <= exact * (accuracy + 1e-9), `q ${q}: ${given}, exact ${exact}`);
          }
        }),
        { seed: 1, numRuns: 300 },
      );
    });
  }

  it('is within its accuracy for every duration up to a minute', () => {
    for (let value = 1; value <= 60_000; value++) {
      const given = sketchOf([value]).quantile(0.5) ?? 0;
      assert.ok(Math.abs(given - value) <= 0.005_000_001 * value, `${value}: ${given}`);
    }
  });

  it('does not know in which order, and in how many sketches, values came', () => {
    fc.assert(
      fc.property(values, values, (a, b) => {
        const merged = sketchOf(a);
        merged.merge(sketchOf(b));
        assert.deepEqual(content(merged), content(sketchOf([...b, ...a])));
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it('forgets a value that is taken out again, even one taken out before it came', () => {
    fc.assert(
      fc.property(values, values, (kept, gone) => {
        const sketch = new Sketch(0.005);
        for (const value of gone) sketch.add(value, -1);
        for (const value of [...kept, ...gone]) sketch.add(value);
        assert.deepEqual(content(sketch), content(sketchOf(kept)));
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it('knows nothing of nothing, and noughts apart', () => {
    assert.equal(new Sketch(0.01).quantile(0.5), undefined);
    assert.ok(new Sketch(0.01).isEmpty());
    const sketch = sketchOf([0, 0, 0, 7]);
    assert.deepEqual([sketch.quantile(0), sketch.quantile(0.9), sketch.zeros, sketch.count], [0, 0, 3, 4]);
    assert.equal(sketch.bins().length, 1);
  });

  it('a clone goes its own way', () => {
    const sketch = sketchOf([5]);
    const copy = sketch.clone();
    copy.add(9);
    assert.deepEqual([sketch.count, copy.count], [1, 2]);
    assert.deepEqual(content(sketch), content(sketchOf([5])));
  });

  it('refuses what is no non-negative integer, and a sketch of another accuracy', () => {
    for (const value of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) {
      assert.throws(() => new Sketch(0.01).add(value), RangeError);
    }
    assert.throws(() => new Sketch(0.01).merge(new Sketch(0.005)), RangeError);
  });
});

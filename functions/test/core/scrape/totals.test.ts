import assert from 'node:assert/strict';
import fc from 'fast-check';
import { bucketAt } from '../../../src/core/rollup/bucket.ts';
import { AT, COUNTERS, emptyCell } from '../../../src/core/rollup/cell.ts';
import { foldEvents } from '../../../src/core/rollup/fold.ts';
import { Sketch } from '../../../src/core/rollup/sketch.ts';
import { countsByBound, GENERATION_BOUNDS_MS } from '../../../src/core/scrape/bounds.ts';
import { exposition } from '../../../src/core/scrape/exposition.ts';
import { generationFamilies } from '../../../src/core/scrape/generations.ts';
import { addToTotals, decodeTotals, encodeTotals, noTotals } from '../../../src/core/scrape/totals.ts';
import { event, NOW } from '../rollup/arbitrary.ts';

const options = { zones: ['America/New_York'], nowMs: NOW.getTime() };

describe('the totals of everything ever counted', () => {
  it('are the same however the log is cut, where nothing is taken back', () => {
    const isRise = ({ type }: { type: string }) => !['rated', 'scored', 'corrected'].includes(type.slice(11));
    fc.assert(
      fc.property(fc.array(event.filter(isRise), { maxLength: 30 }), fc.nat(30), (events, cut) => {
        const [atOnce, inTwo] = [noTotals(7), noTotals(7)];
        addToTotals(atOnce, foldEvents(events, options).documents.values());
        for (const some of [events.slice(0, cut), events.slice(cut)]) {
          addToTotals(inTwo, foldEvents(some, options).documents.values());
        }
        const sorted = (totals: typeof atOnce) =>
          [...totals.cells].map(([key, sums]) => [key, Object.entries(sums.toJSON()).sort()]).sort();
        assert.deepEqual(sorted(decodeTotals(encodeTotals(inTwo))), sorted(atOnce));
      }),
      { seed: 1, numRuns: 60 },
    );
  });

  it('have what is exactly at a bound within it', () => {
    const sketch = new Sketch(0.005);
    for (const bound of GENERATION_BOUNDS_MS) sketch.add(bound);
    const each = GENERATION_BOUNDS_MS.map((bound) => [String(bound), 1] as const);
    assert.deepEqual(countsByBound(sketch, GENERATION_BOUNDS_MS), new Map(each));
  });

  it('have each end in a histogram once, also when its time was corrected', () => {
    const totals = noTotals(0);
    const [short, long] = [29_000, 100_000];
    const tell = (...times: (readonly [ms: number, n: number])[]) => {
      const cell = emptyCell();
      for (const [ms, n] of times) cell.sketches.totalMs.add(ms, n);
      addToTotals(totals, [
        { id: 'x', bucket: bucketAt(NOW.getTime(), '1d'), part: 'p0', cells: new Map([['a/b/c', cell]]) },
      ]);
    };
    const shown = () => {
      const lines = exposition(generationFamilies(totals)).split('\n');
      return ['30', '120', '+Inf'].map((le) => {
        const name = `video_generation_duration_seconds_bucket{provider="a",model="b",kind="c",le="${le}"} `;
        return Number(lines.find((line) => line.startsWith(name))?.slice(name.length));
      });
    };
    tell([short, 1]);
    assert.deepEqual(shown(), [1, 1, 1]);
    tell([short, -1], [long, 1]);
    assert.deepEqual(shown(), [1, 1, 1]);
    tell([short, 1]);
    assert.deepEqual(shown(), [1, 2, 2]);
    tell([long, -1], [short, 1]);
    assert.deepEqual(shown(), [2, 2, 2]);
    // Of something that ended before counting began.
    tell([long, -5], [short, 5]);
    assert.deepEqual(shown(), [7, 7, 7]);
  });

  it('have every value of a sketch in one part of its histogram', () => {
    const sketch = new Sketch(0.005);
    for (const ms of [0, 400, 29_000, 31_000, 4_000_000]) sketch.add(ms);
    const counts = new Map([
      ['500', 2],
      ['30000', 1],
      ['45000', 1],
      ['inf', 1],
    ]);
    assert.deepEqual(countsByBound(sketch, GENERATION_BOUNDS_MS), counts);
  });

  it('tell at most 250 cells apart, and are small enough to be stored with everything in each', () => {
    const totals = noTotals(0);
    const bucket = bucketAt(NOW.getTime(), '1d');
    const full = () => {
      const cell = emptyCell();
      for (const name of COUNTERS) cell.counters[AT[name]] = 1e12;
      for (let code = 0; code < 20; code++) cell.errors.set(`unknown-${code}`, 1);
      for (const sketch of Object.values(cell.sketches))
        for (const ms of GENERATION_BOUNDS_MS) sketch.add(ms - 10, 1e6);
      return cell;
    };
    const cells = new Map(Array.from({ length: 300 }, (_, n) => [`provider/some-model-${n}/text_to_video`, full()]));
    addToTotals(totals, [{ id: 'x', bucket, part: 'p0', cells }]);
    assert.equal(totals.cells.size, 251);
    assert.equal(totals.cells.get('other/other/other')?.get('arrivals'), 50 * 1e12);
    assert.equal(totals.cells.get('other/other/other')?.get('error.other'), 50 * 20);
    assert.ok(encodeTotals(totals).length < 700_000, `${encodeTotals(totals).length}`);
  });
});

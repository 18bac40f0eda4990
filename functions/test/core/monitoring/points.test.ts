import assert from 'node:assert/strict';
import fc from 'fast-check';
import { DESCRIPTORS, METRIC_NAMES } from '../../../src/core/monitoring/descriptors.ts';
import { distributionOf } from '../../../src/core/monitoring/distribution.ts';
import { MAX_CELLS, pointsOfMinute } from '../../../src/core/monitoring/ofMinute.ts';
import { type Present, pointsOfNow } from '../../../src/core/monitoring/ofNow.ts';
import { type Point, seriesOf } from '../../../src/core/monitoring/point.ts';
import { AT, type Cell, type Counter, emptyCell } from '../../../src/core/rollup/cell.ts';
import { Sketch } from '../../../src/core/rollup/sketch.ts';
import { RisingSums } from '../../../src/core/scrape/rising.ts';

const NOON = Date.parse('2040-01-01T12:00:00Z');

function cellOf(counters: Partial<Record<Counter, number>>, totalMs: readonly number[] = []): Cell {
  const cell = emptyCell();
  for (const [name, n] of Object.entries(counters)) cell.counters[AT[name as Counter]] = n;
  for (const ms of totalMs) {
    cell.sketches.totalMs.add(ms);
    cell.counters[AT.totalMs] = (cell.counters[AT.totalMs] ?? 0) + ms;
  }
  return cell;
}
const shown = (points: readonly Point[]) =>
  points.map((point) => `${seriesOf(point)} ${typeof point.value === 'number' ? point.value : 'distribution'}`);
const PRESENT: Present = {
  ...{ totals: undefined, rollupVersion: 1, cursorAgeSec: 12.5, recountMismatches: 2 },
  ...{ openEpisodes: { info: 0, warning: 1, critical: 3 }, queueDepths: { pollGeneration: 4 } },
};

describe('the metrics of Cloud Monitoring', () => {
  it('have names, units and labels that the API takes', () => {
    for (const name of METRIC_NAMES) {
      const { unit, labels, description } = DESCRIPTORS[name];
      assert.match(name, /^[a-z_]+\/[a-z_]+$/);
      assert.ok(['1', 's', '{USD}'].includes(unit));
      for (const key of Object.keys(labels)) assert.match(key, /^[a-z][a-z_]*$/);
      assert.ok(description.length > 10);
    }
  });
});

describe('the points of a minute', () => {
  const cell = cellOf({ arrivals: 3, succeeded: 2, failed: 1, costUsdMicros: 1_250_000 }, [20_000, 40_000, 0]);
  const points = pointsOfMinute(new Map([['google/veo/fast/text_to_video', cell]]), NOON);

  it('are of each provider, model and kind, every outcome among them', () => {
    const labels = 'kind=text_to_video,model=veo/fast';
    assert.deepEqual(shown(points), [
      `video_generation/requests{${labels},provider=google} 3`,
      ...[
        ...['succeeded', 'failed', 'blocked', 'cancelled', 'expired'].map((outcome, i) => {
          return `video_generation/ended{${labels},outcome=${outcome},provider=google} ${[2, 1, 0, 0, 0][i]}`;
        }),
      ],
      `video_generation/cost{${labels},provider=google} 1.25`,
      `video_generation/duration{${labels},provider=google} distribution`,
    ]);
    assert.ok(points.every(({ endMs, startMs }) => endMs === NOON && startMs === undefined));
  });

  it('have the times in seconds, in the parts of the histograms of Prometheus', () => {
    const { value } = points.at(-1) ?? assert.fail();
    assert.ok(typeof value === 'object');
    assert.equal(value.count, 3);
    assert.equal(value.mean, 20);
    assert.equal(value.bounds[0], 0.5);
    assert.equal(value.bucketCounts.length, value.bounds.length + 1);
    assert.equal(value.bucketCounts[0], 1);
    assert.ok(Math.abs(value.sumOfSquaredDeviation - 800) < 10, String(value.sumOfSquaredDeviation));
  });

  const none: [string, Cell][] = [
    ['nothing', cellOf({})],
    ['ratings alone', cellOf({ ratings5: 1 })],
  ];
  for (const [what, empty] of none) {
    it(`are none for ${what}`, () => assert.deepEqual(pointsOfMinute(new Map([['a/b/c', empty]]), NOON), []));
  }

  it('of requests alone are one', () => {
    const asked = pointsOfMinute(new Map([['a/b/c', cellOf({ arrivals: 2 })]]), NOON);
    assert.deepEqual(shown(asked), ['video_generation/requests{kind=c,model=b,provider=a} 2']);
  });

  it('are bounded, and nothing is lost by it', () => {
    const many = new Map(Array.from({ length: 200 }, (_, n) => [`p${n}/m/k`, cellOf({ arrivals: n + 1 })]));
    const requests = pointsOfMinute(many, NOON);
    assert.equal(requests.length, MAX_CELLS);
    assert.equal(
      requests.reduce((sum, { value }) => sum + Number(value), 0),
      (200 * 201) / 2,
    );
    assert.ok(requests.some(({ labels, value }) => labels.provider === 'p199' && value === 200));
    assert.ok(requests.some(({ labels }) => labels.provider === 'other'));
  });

  it('name a metric that there is, with exactly its labels, once a series', () => {
    const counts = fc.record({ arrivals: fc.nat(9), succeeded: fc.nat(9), failed: fc.nat(9), blocked: fc.nat(2) });
    const cells = fc.dictionary(fc.constantFrom('a/b/c', 'a/b/d', 'e/f/g/h', 'other/other/other'), counts);
    fc.assert(
      fc.property(cells, fc.array(fc.nat(4_000_000), { maxLength: 5 }), (byKey, times) => {
        const all = [
          ...pointsOfMinute(new Map(Object.entries(byKey).map(([key, each]) => [key, cellOf(each, times)])), NOON),
          ...pointsOfNow(PRESENT, NOON),
        ];
        assert.equal(new Set(all.map(seriesOf)).size, all.length);
        for (const { metric, labels, value, startMs } of all) {
          const { labels: described, kind, valueType } = DESCRIPTORS[metric];
          assert.deepEqual(Object.keys(labels).sort(), Object.keys(described).sort());
          assert.equal(typeof value === 'object', valueType === 'DISTRIBUTION');
          if (valueType === 'INT64') assert.ok(Number.isInteger(value));
          assert.equal(startMs !== undefined, kind === 'CUMULATIVE');
        }
      }),
      { seed: 1, numRuns: 100 },
    );
  });
});

describe('a distribution', () => {
  it('has as many values in its parts as it counts, and the deviation of its values', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(5_000_000), { minLength: 1, maxLength: 40 }), (values) => {
        const sketch = new Sketch(0.005);
        for (const value of values) sketch.add(value);
        const sumMs = values.reduce((sum, value) => sum + value, 0);
        const { count, mean, bucketCounts, sumOfSquaredDeviation } = distributionOf(sketch, sumMs) ?? assert.fail();
        assert.equal(count, values.length);
        assert.equal(
          bucketCounts.reduce((sum, n) => sum + n, 0),
          count,
        );
        const exact = values.reduce((sum, value) => sum + (value / 1_000 - mean) ** 2, 0);
        // Each value may be 0.5 % off.
        const off = (values.reduce((sum, value) => sum + (0.005 * value) / 1_000, 0) * 2 * Math.max(...values)) / 1_000;
        assert.ok(Math.abs(sumOfSquaredDeviation - exact) <= off + 1e-6);
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it('of nothing is none', () => assert.equal(distributionOf(new Sketch(0.005), 0), undefined));
});

describe('the points of how things are', () => {
  it('are one for each number that is known', () => {
    assert.deepEqual(shown(pointsOfNow(PRESENT, NOON)), [
      'aggregation/cursor_age{} 12.5',
      'aggregation/recount_mismatches{} 2',
      'alerting/episodes_open{severity=info} 0',
      'alerting/episodes_open{severity=warning} 1',
      'alerting/episodes_open{severity=critical} 3',
      'queue/tasks{queue=pollGeneration} 4',
    ]);
    const unknown = { ...PRESENT, cursorAgeSec: undefined, recountMismatches: undefined, queueDepths: {} };
    assert.equal(pointsOfNow(unknown, NOON).length, 3);
  });

  it('have what was ever counted since one beginning, over all cells', () => {
    const sums = (succeeded: number, costUsdMicros: number) => RisingSums.from({ succeeded, costUsdMicros });
    const cells = new Map([
      ['a/b/c', sums(2, 250_000)],
      ['d/e/f', sums(3, 500_000)],
    ]);
    const totals = { sinceMs: NOON - 1_000, cells };
    const points = pointsOfNow({ ...PRESENT, totals, rollupVersion: 2 }, NOON).slice(0, 6);
    assert.equal(shown(points)[0], 'video_generation/ended_total{outcome=succeeded,rollup_version=2} 5');
    assert.equal(shown(points)[5], 'video_generation/cost_total{rollup_version=2} 0.75');
    assert.ok(points.every(({ startMs, endMs }) => startMs === NOON - 1_000 && endMs === NOON));
    assert.equal(pointsOfNow({ ...PRESENT, totals: { ...totals, sinceMs: NOON } }, NOON).length, 6, 'no interval yet');
  });
});

import assert from 'node:assert/strict';
import { MovableClock } from '../../../local/clock.ts';
import { endFirebaseApps } from '../../../local/stack/firebase-apps.ts';
import type { MetricName } from '../../src/core/monitoring/descriptors.ts';
import type { Point } from '../../src/core/monitoring/point.ts';
import { ensureDescriptors, writePoints } from '../../src/platform/monitoring/index.ts';
import { refusedSeries } from '../../src/platform/monitoring/refusal.ts';
import { type MonitoringPlace, startMonitoringPlace } from '../features/monitoring/place.ts';
import { capturedLogs, type Logs } from '../stack/harness.ts';

const NOON = Date.parse('2040-01-01T12:00:00Z');

describe('writing to Cloud Monitoring', function () {
  this.timeout(30_000);
  const clock = new MovableClock({ startAtMs: NOON, running: false });
  let place: MonitoringPlace;
  let logs: Logs;

  before(async () => {
    logs = capturedLogs();
    await endFirebaseApps();
    place = await startMonitoringPlace(clock);
  });
  after(async () => {
    await place?.stop();
    await endFirebaseApps();
    clock.stop();
    logs.restore();
  });
  beforeEach(async () => {
    await place.reset();
    logs.lines.length = 0;
  });

  const queue = (name: string, value = 1, endMs = NOON): Point => ({
    ...{ metric: 'queue/tasks', labels: { queue: name }, value, endMs },
  });
  const errors = () => logs.lines.filter(({ severity }) => severity === 'ERROR');

  it('writes each kind of point as it is', async () => {
    assert.equal(await ensureDescriptors(), true);
    const distribution = { count: 3, mean: 2, sumOfSquaredDeviation: 1.5, bounds: [1, 2.5], bucketCounts: [1, 2, 0] };
    const of = { provider: 'a', model: 'b', kind: 'c' };
    const points: Point[] = [
      queue('poll', 7),
      { metric: 'video_generation/cost', labels: of, value: 0.25, endMs: NOON },
      { metric: 'video_generation/duration', labels: of, value: distribution, endMs: NOON },
      {
        metric: 'video_generation/cost_total',
        labels: { rollup_version: '1' },
        value: 5,
        startMs: NOON - 1_500,
        endMs: NOON,
      },
    ];
    assert.deepEqual(await writePoints(points), { written: 4, early: 0, failed: 0 });
    const endTime = '2040-01-01T12:00:00.000Z';
    const written = (await place.series()).map(({ metric, metricKind, points: all }) => [
      metric.split('dailies/')[1],
      metricKind,
      all,
    ]);
    const { bounds, ...rest } = distribution;
    const distributionValue = { ...rest, bucketOptions: { explicitBuckets: { bounds } } };
    assert.deepEqual(written, [
      ['queue/tasks', 'GAUGE', [{ endTime, value: { int64Value: 7 } }]],
      ['video_generation/cost', 'GAUGE', [{ endTime, value: { doubleValue: 0.25 } }]],
      ['video_generation/duration', 'GAUGE', [{ endTime, value: { distributionValue } }]],
      [
        ...['video_generation/cost_total', 'CUMULATIVE'],
        [{ startTime: '2040-01-01T11:59:58.500Z', endTime, value: { doubleValue: 5 } }],
      ],
    ]);
  });

  it('writes 200 series a call', async () => {
    const points = Array.from({ length: 450 }, (_, n) => queue(`q${n}`));
    await place.script({ status: 503, includes: '"q0"' });
    assert.deepEqual(await writePoints(points), { written: 250, early: 0, failed: 200 });
    assert.equal((await place.series()).length, 250);
  });

  it('writes what it can, and tells which series were refused and why', async () => {
    await ensureDescriptors();
    const strange = { ...queue('two'), labels: { queue: 'two', colour: 'red' } };
    const whole = { ...queue('five'), metric: 'aggregation/cursor_age' as MetricName, labels: {}, value: 5 };
    assert.deepEqual(await writePoints([queue('one'), strange, queue('three'), whole]), {
      written: 3,
      early: 0,
      failed: 1,
    });
    const [line, ...more] = errors();
    assert.equal(more.length, 0);
    assert.equal(line?.series, 'queue/tasks{colour=red,queue=two}');
    assert.match(String(line?.error), /Unrecognized metric label: colour/);
  });

  it('takes no offence when a point was there already', async () => {
    await writePoints([queue('one')]);
    assert.deepEqual(await writePoints([queue('one'), queue('two')]), { written: 1, early: 1, failed: 0 });
    assert.deepEqual(await writePoints([queue('one', 2, NOON + 9_000)]), { written: 0, early: 1, failed: 0 });
    assert.deepEqual(await writePoints([queue('one', 2, NOON + 10_000)]), { written: 1, early: 0, failed: 0 });
    assert.deepEqual(errors(), []);
  });

  it('asks once and no more, also where there is no answer', async () => {
    await place.script({ hangMs: 60_000, times: 1 });
    assert.deepEqual(await writePoints([queue('one')], 300), { written: 0, early: 0, failed: 1 });
    await place.script({ drop: 'before', times: 1 });
    assert.deepEqual(await writePoints([queue('two')], 2_000), { written: 0, early: 0, failed: 1 });
    const { rules } = (await (await fetch(`${place.url}/__vendors/monitoring/script`)).json()) as {
      rules: { matched: number }[];
    };
    assert.deepEqual(
      rules.map(({ matched }) => matched),
      [1, 1],
    );
    assert.equal(errors().length, 2);
  });

  it('says when a metric cannot be described, and goes on', async () => {
    await place.script({ status: 500, times: 1, includes: 'queue/tasks' });
    assert.equal(await ensureDescriptors(), false);
    assert.deepEqual(
      errors().map(({ metric }) => metric),
      ['queue/tasks'],
    );
    assert.equal(await ensureDescriptors(), true);
  });

  it('writes nothing of nothing', async () => {
    await place.script({ status: 500 });
    assert.deepEqual(await writePoints([]), { written: 0, early: 0, failed: 0 });
  });

  // As Cloud Monitoring words it now, and as it did some years ago.
  const EARLY =
    'One or more points were written more frequently than the maximum sampling period configured for the metric.';
  const refusals = [
    { name: 'another error', message: 'Deadline exceeded', expected: undefined },
    {
      name: 'runs and single ones',
      message:
        'One or more TimeSeries could not be written: timeSeries[3,8-10] (example metric.type="x"): write for resource=global{} failed with: no',
      expected: [3, 8, 9, 10].map((index) => ({ index, tooEarly: false })),
    },
    {
      name: 'two reasons',
      message: `One or more TimeSeries could not be written: Unrecognized metric label.: timeSeries[4]; ${EARLY}: timeSeries[0-1]`,
      expected: [{ index: 4, tooEarly: false }, ...[0, 1].map((index) => ({ index, tooEarly: true }))],
    },
    {
      name: 'one without places',
      message: 'One or more TimeSeries could not be written: something else',
      expected: undefined,
    },
  ];
  for (const { name, message, expected } of refusals) {
    it(`reads a refusal: ${name}`, () => {
      const read = refusedSeries(message)?.map(({ index, tooEarly }) => ({ index, tooEarly }));
      assert.deepEqual(read, expected);
    });
  }
});

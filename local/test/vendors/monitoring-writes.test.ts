import assert from 'node:assert/strict';
import { type Called, HOUR_MS, iso, NOON, startMonitoring } from './monitoring-started.ts';

const SEC_MS = 1_000;
const POINT = { interval: { endTime: iso(NOON) }, value: { int64Value: '3' } };
/** A series that is taken, and whatever differs. */
const series = (change: object = {}) => ({
  metric: { type: 'custom.googleapis.com/x/tasks', labels: { queue: 'poll' } },
  resource: { type: 'global', labels: { project_id: 'demo-m' } },
  ...{ metricKind: 1, valueType: 2, points: [POINT], ...change },
});
const ending = (ms: number, startMs?: number) => ({
  points: [{ ...POINT, interval: { endTime: iso(ms), ...(startMs !== undefined && { startTime: iso(startMs) }) } }],
});
const metric = (labels: Record<string, string>) => ({ metric: { type: 'custom.googleapis.com/x/tasks', labels } });
const distribution = (value: object) => ({
  metric: { type: 'custom.googleapis.com/x/times' },
  ...{ valueType: 5, points: [{ ...POINT, value: { distributionValue: value } }] },
});
const explicit = (...bounds: number[]) => ({ bucketOptions: { explicitBuckets: { bounds } } });

describe('points that the stand-in for Cloud Monitoring is sent', () => {
  let at: Called;
  before(async () => {
    at = await startMonitoring();
  });
  after(() => at?.stop());
  beforeEach(() => at.reset());

  it('takes a point, and gives it back', async () => {
    assert.deepEqual(await at.write(series()), { status: 200, body: {} });
    const { body } = await at.list('metric.type = "custom.googleapis.com/x/tasks" AND metric.labels.queue = "poll"');
    assert.equal(body.timeSeries.length, 1);
    assert.deepEqual(body.timeSeries[0].points, [
      { interval: { startTime: iso(NOON), endTime: iso(NOON) }, value: { int64Value: '3' } },
    ]);
    assert.deepEqual(
      (await at.list('metric.type = "custom.googleapis.com/x/tasks" metric.labels.queue != "poll"')).body,
      {
        timeSeries: [],
      },
    );
  });

  it('describes what nobody described', async () => {
    await at.write(series({ metric: { type: 'custom.googleapis.com/y', labels: { a: 'b' } } }));
    const { body } = await at.call('GET', 'v3/projects/demo-m/metricDescriptors/custom.googleapis.com/y');
    assert.deepEqual([body.metricKind, body.valueType, body.labels[0].key], ['GAUGE', 'INT64', 'a']);
  });

  const wholly: [string, RegExp, () => object[]][] = [
    [
      'more than 200 series',
      /must be 1 to 200/,
      () => Array.from({ length: 201 }, (_, n) => series(metric({ queue: `${n}` }))),
    ],
    ['no series', /must be 1 to 200/, () => []],
    ['two points of a series', /Only one point can be written/, () => [series({ points: [POINT, POINT] })]],
    ['a series twice', /Duplicate TimeSeries/, () => [series(), series()]],
    ['a point without an end', /endTime is required/, () => [series({ points: [{ ...POINT, interval: {} }] })]],
    ['a value of another type than it says', /valueType had an invalid value/, () => [series({ valueType: 3 })]],
    ['an unknown field', /Unknown name "colour"/, () => [series({ colour: 'red' })]],
    ['an unknown kind', /is none of/, () => [series({ metricKind: 9 })]],
  ];
  for (const [what, reason, given] of wholly) {
    it(`refuses all of a write with ${what}`, async () => {
      const { status, body } = await at.write(...given());
      assert.equal(status, 400);
      assert.equal(body.error.status, 'INVALID_ARGUMENT');
      assert.match(body.error.message, reason);
      assert.doesNotMatch(body.error.message, /^One or more TimeSeries/);
    });
  }

  const singly: [string, RegExp, object][] = [
    ['a label that is not described', /Unrecognized metric label: colour/, metric({ colour: 'red' })],
    ['a label that is too long', /longer than 1024/, metric({ queue: 'x'.repeat(1_025) })],
    [
      'a kind that is not the described one',
      /must be GAUGE, but is CUMULATIVE/,
      { metricKind: 3, ...ending(NOON, NOON - 1) },
    ],
    [
      ...(['a type that is not the described one', /must be INT64, but is DOUBLE/] as const),
      { valueType: 3, points: [{ ...POINT, value: { doubleValue: 1 } }] },
    ],
    ['a delta', /cannot be DELTA/, { metricKind: 2, ...ending(NOON, NOON - 1) }],
    ['a gauge with an interval', /start time of a gauge/, ending(NOON, NOON - 1)],
    [
      'a sum without an interval',
      /must be before the end time/,
      { ...metric({}), metric: { type: 'custom.googleapis.com/z' }, metricKind: 3 },
    ],
    ['a point of tomorrow', /more than 5m in the future/, ending(NOON + 6 * 60 * SEC_MS)],
    ['a point of yesterday', /more than 25h in the past/, ending(NOON - 25 * HOUR_MS - 1)],
    ['a metric that is not ours', /must begin with custom/, { metric: { type: 'compute.googleapis.com/x' } }],
    ['a resource that cannot be written to', /cannot be written to/, { resource: { type: 'cloud_run_revision' } }],
    [
      'counts that do not add up',
      /add up to 2, but count is 3/,
      distribution({ count: '3', ...explicit(1), bucketCounts: ['1', '1'] }),
    ],
    [
      'bounds that fall',
      /must strictly increase/,
      distribution({ count: '1', ...explicit(2, 1), bucketCounts: ['1'] }),
    ],
    ['a mean of nothing', /mean and deviation 0/, distribution({ mean: 1 })],
  ];
  for (const [what, reason, change] of singly) {
    it(`refuses one series for ${what}, and keeps the others`, async () => {
      const others = [series(metric({ queue: 'a' })), series(metric({ queue: 'b' }))] as const;
      const { status, body } = await at.write(others[0], series(change), others[1]);
      assert.equal(status, 400);
      assert.match(body.error.message, /^One or more TimeSeries could not be written: timeSeries\[1\] /);
      assert.match(body.error.message, reason);
      assert.equal((await at.list('metric.type="custom.googleapis.com/x/tasks"')).body.timeSeries.length, 2);
    });
  }

  const next: [string, RegExp | undefined, number][] = [
    ['the same moment', /must be written in order/, NOON],
    ['earlier', /must be written in order/, NOON - 60 * SEC_MS],
    ['nine seconds later', /more frequently than the maximum sampling period/, NOON + 9_999],
    ['ten seconds later', undefined, NOON + 10_000],
  ];
  for (const [what, reason, endMs] of next) {
    it(`${reason ? 'refuses' : 'takes'} a second point of ${what}`, async () => {
      await at.write(series());
      const { status, body } = await at.write(series(ending(endMs)));
      assert.equal(status, reason ? 400 : 200);
      if (reason) assert.match(body.error.message, reason);
    });
  }

  it('takes sums from one beginning, or from a new one after the last end', async () => {
    const sum = (endMs: number, startMs: number) =>
      at.write(series({ metric: { type: 'custom.googleapis.com/sum' }, metricKind: 3, ...ending(endMs, startMs) }));
    assert.equal((await sum(NOON, NOON - HOUR_MS)).status, 200);
    assert.equal((await sum(NOON + 60_000, NOON - HOUR_MS)).status, 200);
    assert.match((await sum(NOON + 120_000, NOON)).body.error.message, /must be written in order/);
    assert.equal((await sum(NOON + 120_000, NOON + 60_001)).status, 200);
  });

  it('wants a token', async () => {
    const { status, body } = await at.call('GET', 'v3/projects/demo-m/metricDescriptors', undefined, 'none');
    assert.deepEqual([status, body.error.status], [401, 'UNAUTHENTICATED']);
  });

  it('is down, or drops what it took, when it is told to', async () => {
    await at.call('POST', '__vendors/monitoring/script', [
      { status: 503, times: 1 },
      { drop: 'after', times: 1 },
    ]);
    assert.deepEqual((await at.write(series())).body.error.status, 'UNAVAILABLE');
    await assert.rejects(at.write(series()));
    assert.equal((await at.list('metric.type="custom.googleapis.com/x/tasks"')).body.timeSeries.length, 1);
  });
});

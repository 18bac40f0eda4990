import assert from 'node:assert/strict';
import type { Stack } from '../../../../local/stack/in-process.ts';
import { type Client, capturedLogs, clientFor, database, type Logs } from '../../stack/harness.ts';
import { assertRefusal } from '../refusal.ts';
import { NOVEMBER, november } from './november.ts';

describe('the numbers of a period', function () {
  this.timeout(60_000);
  let stack: Stack;
  let logs: Logs;
  let analyst: Client;

  before(async () => {
    logs = capturedLogs();
    stack = await november();
    analyst = await clientFor(stack, 'analyst', { role: 'analyst' });
  });
  after(async () => {
    await stack?.stop();
    logs?.restore();
  });
  beforeEach(() => stack.host.advanceBy(60_000));

  async function get(path: string) {
    const { status, body } = await analyst.call('GET', path);
    assert.equal(status, 200, JSON.stringify(body));
    return body;
  }
  type Metrics = Record<string, { value: number | null; n: number }>;
  const values = (metrics: Metrics, ...names: string[]) => names.map((name) => metrics[name]?.value);
  /** The answer and how many documents were read for it; whoever asks is known by now. */
  async function reads(path: string): Promise<[number, Awaited<ReturnType<typeof get>>]> {
    await get('/metric-definitions');
    stack.cloud.firestore.resetUsage();
    const body = await get(path);
    return [stack.cloud.firestore.usage().total.reads, body];
  }

  it('counts November in UTC, in 31 reads', async () => {
    const [count, { range, filters, metrics }] = await reads(`/summary?${NOVEMBER}`);
    assert.deepEqual(
      { ...range, through: '', sources: [] },
      {
        ...{ from: '2024-11-01T00:00:00.000Z', to: '2024-12-01T00:00:00.000Z', tz: 'UTC', complete: true, through: '' },
        sources: [],
      },
    );
    const { from, to, through } = range;
    assert.deepEqual(range.sources, [{ source: 'rollups', from, to, through }]);
    assert.deepEqual(filters, {});
    assert.deepEqual(values(metrics, 'arrivals', 'succeeded', 'failed', 'ended'), [5, 3, 2, 5]);
    assert.deepEqual(metrics.successRate, { value: 0.6, unit: 'ratio', n: 5 });
    assert.deepEqual(metrics.costUsd, { value: 2.4, unit: 'usd', n: 5 });
    assert.deepEqual(metrics.wasteUsd, { value: 0.8, unit: 'usd', n: 5 });
    assert.deepEqual(metrics.totalMsSum, { value: 150_000, unit: 'ms', n: 5 });
    assert.deepEqual(metrics.users, { value: 3, unit: 'count', n: 5, exact: true });
    assert.deepEqual(metrics.qualityMean, { value: 0.9, unit: 'score', n: 1 });
    assert.deepEqual(metrics.acceptedVideoSec, { value: 8, unit: 's', n: 2 });
    assert.deepEqual(metrics.costPerAcceptedSecUsd, { value: 0.3, unit: 'usd/s', n: 5 });
    const p50 = metrics.totalMsP50.value;
    assert.ok(Math.abs(p50 - 30_000) <= 150, String(p50));
    assert.equal(metrics.ratings.n, 2);
    assert.ok(count <= 31, String(count));
  });

  it('counts by the days of a reporting zone, and compares with as many days before', async () => {
    const [count, body] = await reads(`/summary?${NOVEMBER}&tz=America/New_York&compare=previous`);
    assert.equal(body.range.from, '2024-11-01T04:00:00.000Z');
    assert.equal(body.range.to, '2024-12-01T05:00:00.000Z');
    assert.deepEqual(values(body.metrics, 'arrivals', 'succeeded'), [6, 4]);
    assert.equal(body.previous.range.from, '2024-10-02T04:00:00.000Z');
    assert.equal(body.previous.range.to, '2024-11-01T04:00:00.000Z');
    assert.deepEqual(values(body.previous.metrics, 'arrivals', 'costUsd', 'qualityMean'), [1, 0.1, null]);
    assert.deepEqual(body.previous.changes.arrivals, { difference: 5, ratio: 5 });
    assert.deepEqual(body.previous.changes.qualityMean, { difference: null, ratio: null });
    assert.ok(count <= 61, String(count));
  });

  for (const [query, expected] of [
    ['provider=google', [1, 0, 1]],
    ['provider=kling', [4, 3, 1]],
    ['model=kling-v2', [3, 2, 1]],
    ['model=kling-v1&kind=text_to_video', [0, 0, 0]],
    ['kind=image_to_video', [1, 1, 0]],
    ['style=noir', [2, 2, 0]],
    ['style=none', [0, 0, 0]],
    ['model=unknown', [0, 0, 0]],
  ] as const) {
    it(`counts what is left by ${query}`, async () => {
      const { metrics } = await get(`/summary?${NOVEMBER}&${query}`);
      assert.deepEqual(values(metrics, 'arrivals', 'succeeded', 'failed'), expected);
      assert.equal(metrics.successRate.value === null, expected[1] + expected[2] === 0);
    });
  }

  for (const [range, arrivals] of [
    ['24h', 2],
    ['7d', 2],
    ['30d', 6],
  ] as const) {
    it(`knows the last ${range} in five reads, as they would be counted one by one`, async () => {
      const [count, body] = await reads(`/summary?range=${range}`);
      assert.equal(body.metrics.arrivals.value, arrivals);
      assert.ok(count <= 5, String(count));
      assert.equal(body.range.complete, false);
      const { from, to } = body.range;
      assert.deepEqual((await get(`/summary?from=${from}&to=${to}`)).metrics, body.metrics);
    });
  }

  it('says nothing of what is not counted yet', async () => {
    const { range, metrics } = await get('/summary?from=2024-12-02&to=2024-12-03');
    assert.equal(range.complete, false);
    assert.deepEqual(metrics.arrivals, { value: null, unit: 'count', n: 0 });
    assert.equal(metrics.users.value, null);
  });

  it('gives a series, in which a bucket without anything is 0 and its quantiles are missing', async () => {
    const { series } = await get(`/performance?${NOVEMBER}&granularity=1d&tz=America/New_York`);
    assert.equal(series.length, 30);
    const counts = series.map(({ metrics }: { metrics: Metrics }) => metrics.arrivals?.value);
    assert.deepEqual([counts[4], counts[5], counts[29]], [4, 0, 2]);
    assert.equal(
      counts.reduce((sum: number, n: number) => sum + n),
      6,
    );
    assert.deepEqual(series[5].metrics.totalMsP95, { value: null, unit: 'ms', n: 0 });
    assert.equal(series[2].start, '2024-11-03T04:00:00.000Z');
    assert.equal(series[2].end, '2024-11-04T05:00:00.000Z');
  });

  for (const granularity of ['15m', '1h'] as const) {
    it(`adds up the same by ${granularity}, also in a zone that is not reported`, async () => {
      const { series } = await get(
        `/performance?from=2024-11-05&to=2024-11-06&tz=Asia/Kolkata&granularity=${granularity}`,
      );
      const [first] = series;
      assert.equal(first.start, '2024-11-04T18:30:00.000Z');
      const sum = (name: string) =>
        series.reduce((n: number, { metrics }: { metrics: Metrics }) => n + (metrics[name]?.value ?? 0), 0);
      assert.deepEqual([sum('arrivals'), sum('failed'), sum('videoSec')], [3, 1, 16]);
    });
  }

  it('refuses more than 400 points, and what is no longer known', async () => {
    const fine = await analyst.call('GET', `/performance?${NOVEMBER}&granularity=1h`);
    assertRefusal(fine, { status: 400, code: 'invalid_request' });
    assert.match(fine.body.detail, /More than 400 times 1h/);
    const old = await analyst.call('GET', '/summary?from=2024-03-01T10:00:00Z&to=2024-03-02');
    assertRefusal(old, { status: 400, code: 'invalid_request' });
    assert.match(old.body.detail, /120 days/);
    assert.equal((await get('/summary?from=2024-03-01&to=2024-03-02')).metrics.arrivals.value, 0);
  });

  it('gives rows by model, by kind and by provider, that add up to the total', async () => {
    for (const [by, expected] of Object.entries({
      model: { 'kling/kling-v2': 3, 'kling/kling-v1': 1, 'google/veo-3.1-generate-001': 1 },
      kind: { text_to_video: 4, image_to_video: 1 },
      provider: { kling: 4, google: 1 },
      cell: {
        'kling/kling-v2/text_to_video': 3,
        'kling/kling-v1/image_to_video': 1,
        'google/veo-3.1-generate-001/text_to_video': 1,
      },
    })) {
      const { rows, metrics } = await get(`/providers?${NOVEMBER}&by=${by}`);
      type Row = { provider?: string; model?: string; kind?: string; metrics: Metrics };
      const found = (rows as Row[]).map(({ provider, model, kind, metrics: { arrivals } }) => [
        [provider, model, kind].filter((part) => part !== undefined).join('/'),
        arrivals?.value,
      ]);
      assert.deepEqual(Object.fromEntries(found), expected);
      assert.deepEqual(metrics, (await get(`/summary?${NOVEMBER}`)).metrics, by);
    }
  });

  it('compares row by row', async () => {
    const { rows } = await get(`/providers?${NOVEMBER}&by=provider&compare=previous`);
    const [kling] = rows;
    assert.equal(kling.provider, 'kling');
    assert.equal(kling.previous.metrics.arrivals.value, 1);
    assert.deepEqual(kling.previous.changes.arrivals, { difference: 3, ratio: 3 });
  });

  it('says what each model cost and wasted', async () => {
    const { rows, metrics } = await get(`/costs?${NOVEMBER}&provider=kling`);
    const [v2, v1] = rows;
    const names = ['costUsd', 'wasteUsd', 'costPerDeliveredSecUsd', 'costPerAcceptedSecUsd'];
    assert.deepEqual(values(v2.metrics, ...names), [1.6, 0.4, 0.1, 0.2]);
    assert.deepEqual(values(v1.metrics, ...names), [0.4, 0, 0.05, null]);
    assert.equal(metrics.costUsd.value, 2);
    assert.equal(metrics.totalMsP50, undefined);
  });

  it('says what went wrong, with which model, until when, and how each style fared', async () => {
    const { ended, errors, patterns, resolutionGranularity, styles } = await get(`/errors?${NOVEMBER}`);
    const error = { code: 'provider_internal', component: 'provider', severity: 'error', fault: 'provider' };
    assert.deepEqual([ended, errors], [5, [{ ...error, count: 2, share: 0.4 }]]);
    assert.equal(resolutionGranularity, '1d');
    const one = { code: 'provider_internal', count: 1 };
    const open = { resolved: 0, open: true, meanMs: null, maxMs: null };
    assert.deepEqual(patterns, [
      { ...one, provider: 'kling', model: 'kling-v2', share: 1 / 3, resolutions: open },
      { ...one, provider: 'google', model: 'veo-3.1-generate-001', share: 1, resolutions: open },
    ]);
    type Style = { style: string; metrics: Metrics };
    assert.deepEqual(
      (styles as Style[]).map(({ style, metrics }) => [style, ...values(metrics, 'arrivals', 'successRate')]),
      [
        ['noir', 2, 1],
        ['vintage', 1, 0],
      ],
    );
    const resolved = (await get('/errors?from=2024-11-05&to=2024-12-02&model=kling-v2')).patterns[0].resolutions;
    assert.deepEqual((await get(`/errors?${NOVEMBER}&provider=kling`)).styles, []);
    assert.deepEqual(resolved, { resolved: 1, open: false, meanMs: 26 * 86_400_000, maxMs: 26 * 86_400_000 });
  });

  it('goes without the latest totals where they are not of this moment', async () => {
    const whole = await get('/summary?range=30d');
    await (await database()).doc('system_performance_metrics/latest').delete();
    assert.deepEqual(await get('/summary?range=30d'), whole);
  });
});

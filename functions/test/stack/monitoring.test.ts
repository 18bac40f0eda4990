import assert from 'node:assert/strict';
import type { Stack } from '../../../local/stack/in-process.ts';
import { METRIC_NAMES, METRIC_PREFIX } from '../../src/core/monitoring/descriptors.ts';
import { report, reported } from '../http/ingest/reports.ts';
import {
  type Client,
  capturedLogs,
  clientFor,
  database,
  frozenStack,
  type Logs,
  NOON,
  placeOf,
  send,
} from './harness.ts';

const MINUTE_MS = 60_000;
const iso = (ms: number) => new Date(ms).toISOString();
/** Of what is over in a few seconds. */
const QUICK = { queueMs: 1_000, renderMs: 5_000, storeMs: 1_000 };

interface Series {
  metric: string;
  labels: Record<string, string>;
  points: {
    startTime?: string;
    endTime: string;
    value: { int64Value?: number; doubleValue?: number; distributionValue?: { count: number; mean: number } };
  }[];
}

describe('what Cloud Monitoring is told', function () {
  this.timeout(60_000);
  let stack: Stack;
  let logs: Logs;
  let admin: Client;

  before(async () => {
    logs = capturedLogs();
    stack = await frozenStack({ alerts: true, env: { CLOUD_MONITORING: 'true' } });
    admin = await clientFor(placeOf(stack), 'admin', { role: 'admin' });
    await stack.host.advanceBy(5 * MINUTE_MS);
  });
  after(async () => {
    await stack?.stop();
    logs?.restore();
  });
  afterEach(() => send(`${stack.vendors.url}/__vendors/monitoring/script`, 'DELETE'));

  const written = async () => (await send(`${stack.vendors.url}/__vendors/monitoring`)).body;
  async function seriesOf(metric: string, labels: Record<string, string> = {}): Promise<Series[]> {
    const all: Series[] = (await written()).series;
    const has = (series: Series) => Object.entries(labels).every(([key, value]) => series.labels[key] === value);
    return all.filter((series) => series.metric === METRIC_PREFIX + metric && has(series));
  }
  /** The points of the one series that there is. */
  async function pointsOf(metric: string, labels?: Record<string, string>) {
    const [only, ...more] = await seriesOf(metric, labels);
    assert.ok(only && more.length === 0, `${metric} has ${more.length + (only ? 1 : 0)} series`);
    return only.points;
  }

  it('is described', async () => {
    const types: { type: string; unit: string }[] = (await written()).descriptors;
    assert.deepEqual(types.map(({ type }) => type).sort(), METRIC_NAMES.map((name) => METRIC_PREFIX + name).sort());
    assert.equal(types.find(({ type }) => type.endsWith('/duration'))?.unit, 's');
  });

  it('has a point a minute of how things are, each at its minute', async () => {
    const ages = await pointsOf('aggregation/cursor_age');
    const ends = ages.map(({ endTime }) => Date.parse(endTime));
    assert.deepEqual(
      ends,
      ends.map((_, i) => (ends[0] ?? 0) + i * MINUTE_MS),
    );
    assert.equal(ends.at(-1), NOON + 5 * MINUTE_MS);
    assert.ok(
      ages.every(({ value }) => [10, 70].includes(value.doubleValue ?? 0)),
      JSON.stringify(ages),
    );
    assert.deepEqual((await pointsOf('queue/tasks', { queue: 'dispatchGeneration' })).at(-1)?.value, { int64Value: 0 });
    assert.deepEqual((await pointsOf('alerting/episodes_open', { severity: 'critical' })).at(-1)?.value, {
      int64Value: 0,
    });
  });

  it('has the minute of some generations, with their numbers, once it is counted', async () => {
    const minuteMs = stack.clock.now();
    const at = (requestedSec: number, endedSec: number) => ({
      ...{ requestedAt: iso(minuteMs + requestedSec * 1_000), endedAt: iso(minuteMs + endedSec * 1_000) },
    });
    await stack.host.advanceBy(MINUTE_MS - 1_000);
    await reported(admin, report('one', { ...QUICK, ...at(0, 20), costUsd: 0.25 }));
    await reported(admin, report('two', { ...QUICK, ...at(10, 50), costUsd: 0.5 }));
    const failed = { outcome: 'failed', errorCode: 'provider_internal', videoSec: 0, costUsd: 0 };
    await reported(admin, report('three', { ...QUICK, ...at(5, 15), ...failed }));
    await stack.host.advanceBy(5 * MINUTE_MS);
    const endTime = iso(minuteMs + MINUTE_MS);
    const ofMinute = async (metric: string, labels?: Record<string, string>) =>
      (await pointsOf(`video_generation/${metric}`, labels)).map((point) => [point.endTime, point.value]);
    assert.deepEqual(await ofMinute('requests'), [[endTime, { int64Value: 3 }]]);
    for (const [outcome, int64Value] of Object.entries({
      succeeded: 2,
      failed: 1,
      blocked: 0,
      cancelled: 0,
      expired: 0,
    })) {
      assert.deepEqual(await ofMinute('ended', { outcome }), [[endTime, { int64Value }]], outcome);
    }
    assert.deepEqual(await ofMinute('cost'), [[endTime, { doubleValue: 0.75 }]]);
    const [duration] = await pointsOf('video_generation/duration');
    assert.equal(duration?.endTime, endTime);
    const { count, mean } = duration?.value.distributionValue ?? assert.fail();
    assert.deepEqual({ count, mean }, { count: 3, mean: 70 / 3 });
  });

  it('has what was ever counted, from one beginning', async () => {
    const points = await pointsOf('video_generation/ended_total', { outcome: 'succeeded' });
    assert.deepEqual(points.at(-1)?.value, { int64Value: 2 });
    assert.equal(points.at(-1)?.endTime, iso(Math.floor(stack.clock.now() / MINUTE_MS) * MINUTE_MS));
    assert.equal(new Set(points.map(({ startTime }) => startTime)).size, 1);
    assert.deepEqual((await pointsOf('video_generation/cost_total')).at(-1)?.value, { doubleValue: 0.75 });
  });

  it('is of the evaluator that it lives, only when it evaluated', async () => {
    const beats = async () => (await pointsOf('alerting/heartbeat')).length;
    const before = await beats();
    await stack.host.advanceBy(2 * MINUTE_MS);
    assert.equal(await beats(), before + 2);
    const [last] = (await pointsOf('alerting/heartbeat')).slice(-1);
    assert.ok((last?.value.int64Value ?? 0) > 5, 'the usual rules');
    const rules = (await database()).collection('alert_rules');
    await rules.doc('broken').set({ slug: 'broken', enabled: true, metric: 'errorCount' });
    await stack.host.advanceBy(2 * MINUTE_MS);
    assert.equal(await beats(), before + 2);
    await rules.doc('broken').delete();
    await stack.host.advanceBy(MINUTE_MS);
    assert.equal(await beats(), before + 3);
  });

  it('misses a minute while it is down, and goes on; what was ever counted misses nothing', async () => {
    const before = await pointsOf('aggregation/cursor_age');
    const fault = { status: 503, message: 'down' };
    await send(`${stack.vendors.url}/__vendors/monitoring/script`, 'POST', fault);
    const minuteMs = stack.clock.now();
    const times = { requestedAt: iso(minuteMs - 9_000), endedAt: iso(minuteMs - 1_000), costUsd: 0.125 };
    await reported(admin, report('unseen', { ...QUICK, ...times }));
    await stack.host.advanceBy(4 * MINUTE_MS);
    assert.ok(
      logs.lines.some(
        ({ component, message }) => component === 'monitoring' && message === 'points could not be written',
      ),
    );
    await send(`${stack.vendors.url}/__vendors/monitoring/script`, 'DELETE');
    await stack.host.advanceBy(2 * MINUTE_MS);
    const after = await pointsOf('aggregation/cursor_age');
    assert.equal(after.length, before.length + 2);
    assert.equal((await pointsOf('video_generation/requests')).length, 1, 'that minute is not written later');
    assert.deepEqual((await pointsOf('video_generation/cost_total')).at(-1)?.value, { doubleValue: 0.875 });
  });
});

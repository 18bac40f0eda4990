import assert from 'node:assert/strict';
import type { Stack } from '../../../../local/stack/in-process.ts';
import { type Client, capturedLogs, clientFor, frozenStack, type Logs, placeOf } from '../../stack/harness.ts';
import { report } from '../ingest/reports.ts';
import { assertRefusal } from '../refusal.ts';

const DAY_MS = 86_400_000;
/** A Monday. */
const FIRST = Date.parse('2024-10-07');
const DAYS = 42;
const START = FIRST + DAYS * DAY_MS + 6 * 3_600_000;
const PERIOD = 'from=2024-10-07&to=2024-11-18';

/** Of a day: one of Kling that costs a cent more than that of the day before, and on weekends two of Google. */
function reportsOf(day: number): object[] {
  const requestedAt = new Date(FIRST + day * DAY_MS + 3_600_000).toISOString();
  const endedAt = new Date(Date.parse(requestedAt) + 30_000).toISOString();
  const kling = report(`k${day}`, { requestedAt, endedAt, model: 'kling-v1', costUsd: (10 + day) / 100 });
  const google = [1, 2].map((n) =>
    report(`g${day}-${n}`, { requestedAt, endedAt, provider: 'google', model: 'veo-3.1-generate-001', costUsd: 1 }),
  );
  return day % 7 >= 5 ? [kling, ...google] : [kling];
}

describe('GET /trends', function () {
  this.timeout(60_000);
  let stack: Stack;
  let logs: Logs;
  let analyst: Client;

  before(async () => {
    logs = capturedLogs();
    stack = await frozenStack({ startAtMs: START, env: { KNOWN_MODELS: 'kling/kling-v1' } });
    const ingest = await clientFor(placeOf(stack), 'ingest', { role: 'ingest' });
    const generations = Array.from({ length: DAYS }, (_, day) => reportsOf(day)).flat();
    const { body } = await ingest.call('POST', '/metrics/generations', { generations });
    assert.equal(body.accepted, generations.length, JSON.stringify(body));
    await stack.host.advanceBy(180_000);
    analyst = await clientFor(placeOf(stack), 'analyst', { role: 'analyst' });
  });
  after(async () => {
    await stack?.stop();
    logs?.restore();
  });
  beforeEach(() => stack.host.advanceBy(60_000));

  async function get(query: string) {
    const { status, body } = await analyst.call('GET', `/trends?${query}`);
    assert.equal(status, 200, JSON.stringify(body));
    return body;
  }
  const rounded = (value: number) => Math.round(value * 1e6) / 1e6;

  it('tells a cost that rises a cent a day, day by day, in as many reads as there are days', async () => {
    await analyst.call('GET', '/metric-definitions');
    stack.cloud.firestore.resetUsage();
    const { periods, series, groups, range } = await get(`metric=costUsd&provider=kling&${PERIOD}`);
    assert.ok(stack.cloud.firestore.usage().total.reads <= DAYS + 3);
    assert.deepEqual(
      range.sources.map(({ source }: { source: string }) => source),
      ['rollups'],
    );
    assert.equal(periods.length, DAYS);
    assert.deepEqual(periods[0], {
      ...{ start: '2024-10-07T00:00:00.000Z', end: '2024-10-08T00:00:00.000Z', isWhole: true, complete: true },
    });
    assert.equal(groups, 1);
    const [{ metric, unit, value, n, points, trend }] = series;
    assert.deepEqual([metric, unit, rounded(value), n], ['costUsd', 'usd', 12.81, 42]);
    assert.deepEqual(
      [points[0], points[41]],
      [
        { value: 0.1, n: 1 },
        { value: 0.51, n: 1 },
      ],
    );
    assert.deepEqual([trend.n, rounded(trend.slope), trend.direction], [42, 0.01, 'rising']);
    assert.ok(trend.pValue < 1e-12);
    assert.deepEqual([trend.weekly.isSignificant, trend.last.isUnusual], [false, false]);
  });

  it('finds that weekends differ, and that there is no trend beside them', async () => {
    const { series } = await get(`metric=arrivals,successRate&${PERIOD}`);
    const [arrivals, successRate] = series;
    assert.deepEqual([arrivals.value, arrivals.trend.slope, arrivals.trend.direction], [66, 0, 'none']);
    assert.equal(arrivals.trend.weekly.isSignificant, true);
    assert.deepEqual(
      arrivals.trend.weekly.medians.map(({ median }: { median: number }) => median),
      [1, 1, 1, 1, 1, 3, 3],
    );
    assert.equal(arrivals.trend.last.isUnusual, false);
    assert.deepEqual([successRate.value, successRate.n, successRate.trend.weekly.isSignificant], [1, 66, false]);
  });

  it('by provider, most arrivals first; a day without any has counts of 0 and no ratio', async () => {
    const { series, groups } = await get(`metric=arrivals,successRate&by=provider&${PERIOD}`);
    assert.equal(groups, 2);
    assert.deepEqual(
      series.map(({ provider, metric, value }: Record<string, unknown>) => [provider, metric, value]),
      [
        ...[
          ['kling', 'arrivals', 42],
          ['kling', 'successRate', 1],
        ],
        ...[
          ['google', 'arrivals', 24],
          ['google', 'successRate', 1],
        ],
      ],
    );
    assert.deepEqual(series[2].points.slice(4, 6), [
      { value: 0, n: 0 },
      { value: 2, n: 2 },
    ]);
    assert.deepEqual([series[3].points[4], series[3].trend.n], [{ value: null, n: 0 }, 12]);
  });

  it('compares with the period before', async () => {
    const { series, previous } = await get(
      'metric=costUsd&provider=kling&from=2024-11-04&to=2024-11-18&compare=previous',
    );
    assert.deepEqual(
      [previous.range.from, previous.range.to],
      ['2024-10-21T00:00:00.000Z', '2024-11-04T00:00:00.000Z'],
    );
    assert.equal(previous.periods.length, 14);
    const [{ value, previous: before }] = series;
    // 38 + … + 51 cents, and 24 + … + 37 before.
    assert.deepEqual([rounded(value), rounded(before.value), before.n], [6.23, 4.27, 14]);
    assert.deepEqual([rounded(before.change.difference), rounded(before.change.ratio)], [1.96, rounded(1.96 / 4.27)]);
    assert.deepEqual(before.points[0], { value: 0.24, n: 1 });
  });

  it('weeks and months, of which those that are cut or not over yet are left out of the trend', async () => {
    const weeks = await get('metric=arrivals&granularity=week&from=2024-10-09&to=2024-11-25');
    assert.deepEqual(
      weeks.periods.map(({ start, isWhole, complete }: Record<string, unknown>) => [
        String(start).slice(0, 10),
        isWhole,
        complete,
      ]),
      [
        ...[
          ['2024-10-09', false, true],
          ['2024-10-14', true, true],
          ['2024-10-21', true, true],
        ],
        ...[
          ['2024-10-28', true, true],
          ['2024-11-04', true, true],
          ['2024-11-11', true, true],
          ['2024-11-18', true, false],
        ],
      ],
    );
    const [{ points, trend }] = weeks.series;
    assert.deepEqual(
      points.map(({ value }: { value: number }) => value),
      [9, 11, 11, 11, 11, 11, 0],
    );
    assert.deepEqual([trend.n, trend.slope, trend.direction, trend.weekly], [5, 0, 'unknown', null]);
    const months = await get('metric=arrivals&granularity=month&from=2024-10-01&to=2024-12-01');
    assert.deepEqual(
      months.series[0].points.map(({ value }: { value: number }) => value),
      [25 + 2 * 6, 17 + 2 * 6],
    );
  });

  it('compares months with as many months', async () => {
    const { series, previous } = await get(
      'metric=arrivals&granularity=month&from=2024-11-01&to=2024-12-01&compare=previous',
    );
    // November is counted up to the 18th, 06:00, and October no further.
    assert.deepEqual(
      [previous.range.from, previous.range.to.slice(0, 13), previous.periods.length],
      ['2024-10-01T00:00:00.000Z', '2024-10-18T06', 1],
    );
    const [{ value, previous: before }] = series;
    assert.deepEqual([value, before.value], [17 + 2 * 6, 12 + 2 * 2]);
  });

  it('the last 30 days and the open one, unless told otherwise', async () => {
    const { range, periods, by, granularity } = await get('metric=costUsd');
    assert.deepEqual(
      [range.from, range.to, by, granularity],
      [...['2024-10-19T00:00:00.000Z', '2024-11-19T00:00:00.000Z', 'none', 'day']],
    );
    assert.deepEqual([periods.length, periods[30].complete], [31, false]);
    assert.equal((await get('metric=costUsd&range=365d')).periods.length, 366);
    assert.equal((await get('metric=costUsd&range=24h&granularity=hour')).periods.length, 25);
  });

  it('has a tag, and is for analysts', async () => {
    const first = await analyst.call('GET', `/trends?metric=arrivals&${PERIOD}`);
    const etag = first.headers.get('etag') ?? assert.fail();
    const again = await analyst.call('GET', `/trends?metric=arrivals&${PERIOD}`, undefined, { 'If-None-Match': etag });
    assert.equal(again.status, 304);
    const ann = await clientFor(placeOf(stack), 'ann');
    assertRefusal(await ann.call('GET', '/trends?metric=arrivals'), { status: 403, code: 'forbidden' });
  });

  for (const query of [
    '',
    'metric=',
    'metric=beauty',
    `metric=${['arrivals', 'ended', 'succeeded', 'failed', 'blocked', 'cancelled', 'expired', 'attempts', 'retries']}`,
    'metric=arrivals&granularity=minute',
    'metric=arrivals&granularity=hour&range=30d',
    'metric=arrivals&from=2020-01-01&to=2024-01-01',
    'metric=arrivals&style=noir&by=model',
    'metric=arrivals&style=noir&model=kling-v1',
    'metric=arrivals&range=2d',
    'metric=arrivals&granularity=hour&from=2024-05-01&to=2024-05-02',
    'metric=arrivals&by=cell&range=365d',
    'metric=arrivals&compare=next',
  ]) {
    it(`refuses ${query || 'nothing'}`, async () =>
      assertRefusal(await analyst.call('GET', `/trends?${query}`), { status: 400, code: 'invalid_request' }));
  }
});

import assert from 'node:assert/strict';
import { metricsOf } from '../../src/core/insights/business/view.ts';
import { periodAt, periodId, periodsBetween } from '../../src/core/insights/period.ts';
import { computeInsights, insightState, readInsights } from '../../src/features/insights/index.ts';
import { addRequests } from '../../src/platform/apiRequests.ts';
import { expectedMetrics, type Told, toldOf } from './expected.ts';
import { HISTORY_END_MS, productHistory } from './history.ts';
import { type InsightWorld, startInsightWorld } from './world.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Thursday 2025-12-18 19:20, while the last day of the history runs. */
const THROUGH_MS = HISTORY_END_MS + 20 * 60_000;
const TODAY = '2025-12-18';

describe('documents of business metrics', function () {
  this.timeout(60_000);
  let world: InsightWorld;
  let told: Told[];
  before(async () => {
    const events = productHistory(120);
    told = toldOf(events);
    world = await startInsightWorld(events, THROUGH_MS);
  });
  after(() => world?.stop());

  const documents = () => world.documents('business_metrics');
  /** Computes, and answers which of our parts failed. */
  async function failures(): Promise<string[]> {
    const { failed } = await computeInsights();
    return failed.filter((name) => name.startsWith('business_metrics/'));
  }

  it('are not there before the warehouse has anything', async () => {
    assert.deepEqual(await computeInsights(), { written: 0, failed: [] });
    assert.equal((await documents()).size, 0);
  });

  it('hold the last days, weeks and months as the definitions say, and where they stand', async () => {
    await world.loadedUpTo(THROUGH_MS);
    assert.deepEqual(await failures(), []);
    const found = await documents();
    // Today and seven days before, in two weeks and a month.
    assert.equal(found.size, 11);
    const days = periodsBetween('day', '2025-12-11', '2025-12-19');
    for (const period of [...days, periodAt('week', TODAY), periodAt('month', TODAY)]) {
      const document = found.get(periodId(period)) ?? assert.fail(periodId(period));
      assert.deepEqual(document.metrics, expectedMetrics(told, period, THROUGH_MS), document.id);
    }
    const today = found.get(`day_${TODAY}`) ?? assert.fail();
    const yesterday = found.get('day_2025-12-17') ?? assert.fail();
    assert.deepEqual([today.isClosed, today.through], [false, new Date(THROUGH_MS)]);
    assert.deepEqual([yesterday.isClosed, yesterday.through], [true, new Date('2025-12-18')]);
    assert.deepEqual(yesterday.partsThrough.revenue, new Date('2025-12-18'));
    assert.deepEqual(yesterday.partsThrough.funnel, new Date(THROUGH_MS));
    assert.equal(today.zone, 'UTC');
  });

  it('are not written again where nothing has changed', async () => {
    const before = await documents();
    assert.deepEqual(await failures(), []);
    assert.deepEqual(await documents(), before);
  });

  it('stay as they are, and are not asked for part by part, while the warehouse is not available', async () => {
    const before = await documents();
    const { closed } = await insightState();
    assert.equal(closed['business_metrics/revenue'], TODAY);
    world.store.logs.lines.length = 0;
    await world.faults({ down: true });
    const { written, failed } = await computeInsights();
    await world.noFaults();
    assert.deepEqual((await insightState()).closed, closed);
    const lines = world.store.logs.lines.filter(({ message }) => message === 'could not compute');
    // Four are asked at once; the next hour asks again.
    assert.deepEqual([written, failed.length, lines.length], [0, 15, 4]);
    assert.deepEqual([...new Set(lines.map(({ reason }) => reason))], ['backendError']);
    assert.deepEqual(await documents(), before);
  });

  it('of today, its week and its month alone follow each hour', async () => {
    const before = await documents();
    await world.loadedUpTo(THROUGH_MS + HOUR_MS);
    assert.deepEqual(await failures(), []);
    const after = await documents();
    const written = [...after.values()].filter(({ id, writtenAt }) => before.get(id)?.writtenAt !== writtenAt);
    assert.deepEqual(
      written.map(({ id }) => id),
      [`day_${TODAY}`, 'month_2025-12-01', 'week_2025-12-15'],
    );
    assert.deepEqual(after.get('month_2025-12-01')?.through, new Date(THROUGH_MS + HOUR_MS));
  });

  it('close an hour after midnight, and take in what came late', async () => {
    const late = told.find(({ type }) => type === 'payment.succeeded') ?? assert.fail();
    const payment = { paymentId: 'late', amountUsdMicros: 77_000_000 };
    const event = {
      ...{ id: 'late', type: 'payment.succeeded' as const, userKey: late.user, body: payment },
      occurredAt: new Date('2025-12-13T12:00:00Z'),
    };
    const before = (await documents()).get('day_2025-12-13') ?? assert.fail();
    await world.load([event]);
    told = toldOf([...productHistory(120), event]);
    await world.loadedUpTo(Date.parse('2025-12-19T00:20:00Z'));
    assert.deepEqual(await failures(), []);
    assert.equal((await documents()).get(`day_${TODAY}`)?.isClosed, false);
    await world.loadedUpTo(Date.parse('2025-12-19T01:20:00Z'));
    await computeInsights();
    const found = await documents();
    assert.equal(found.get(`day_${TODAY}`)?.isClosed, true);
    const after = found.get('day_2025-12-13') ?? assert.fail();
    const paid = (document: typeof after) => metricsOf(document).revenue?.grossUsdMicros ?? assert.fail();
    assert.equal(paid(after), paid(before) + 77_000_000);
  });

  it('keep what they had where a query fails, and it is tried again the next hour', async () => {
    await world.dataset.table('activity').delete();
    await world.loadedUpTo(Date.parse('2025-12-20T01:20:00Z'));
    assert.deepEqual(await failures(), ['business_metrics/activeUsers', 'business_metrics/retention']);
    const before = (await documents()).get('day_2025-12-19') ?? assert.fail();
    assert.deepEqual(before.partsThrough.activeUsers, new Date('2025-12-19T01:20:00Z'));
    assert.deepEqual([before.through, before.isClosed], [new Date('2025-12-19T01:20:00Z'), false]);
    assert.ok(world.store.logs.lines.some(({ part }) => part === 'business_metrics/retention'));
    const begun = (await documents()).get('day_2025-12-20') ?? assert.fail();
    assert.deepEqual(['activeUsers' in begun.metrics, begun.through], [false, new Date('2025-12-20')]);
    await world.makeViews();
    await world.loadedUpTo(Date.parse('2025-12-20T02:20:00Z'));
    assert.deepEqual(await failures(), []);
    assert.equal((await documents()).get('day_2025-12-19')?.isClosed, true);
  });

  it('that were never made are computed when they are asked for', async () => {
    const through = new Date('2025-12-20T02:20:00Z');
    const days = periodsBetween('day', '2025-08-30', '2025-09-03');
    const { documents: found, fromWarehouse } = await readInsights('business_metrics', days, through);
    assert.deepEqual([...fromWarehouse], days.map(periodId));
    for (const [at, period] of days.entries())
      assert.deepEqual(found[at]?.metrics, expectedMetrics(told, period, through.getTime()), periodId(period));
    const kept = await readInsights('business_metrics', periodsBetween('day', '2025-12-13', '2025-12-25'), through);
    assert.deepEqual([...kept.fromWarehouse], []);
    assert.deepEqual(
      kept.documents.map(({ start }) => start),
      periodsBetween('day', '2025-12-13', '2025-12-21').map(({ start }) => start),
    );
    const some = await readInsights('business_metrics', days, through, ['revenue']);
    assert.deepEqual(Object.keys(some.documents[0]?.metrics ?? {}), ['revenue']);
  });

  it('say so where that would read too much, or the warehouse does not answer', async () => {
    const days = periodsBetween('day', '2025-08-30', '2025-09-03');
    const through = new Date('2025-12-20T02:20:00Z');
    process.env.WAREHOUSE_MAX_BYTES_BILLED = '1000';
    await assert.rejects(readInsights('business_metrics', days, through), { code: 'too_large' });
    process.env.WAREHOUSE_MAX_BYTES_BILLED = '1000000000';
    await world.dataset.table('activity').delete();
    await assert.rejects(readInsights('business_metrics', days, through), { code: 'unavailable' });
  });

  it('that were left open are answered as they stand in what cannot be computed', async () => {
    const before = (await documents()).get('day_2025-12-20') ?? assert.fail();
    const through = new Date('2025-12-22T03:00:00Z');
    const { documents: found } = await readInsights('business_metrics', [periodAt('day', '2025-12-20')], through);
    const day = found[0] ?? assert.fail();
    assert.deepEqual(day.metrics.activeUsers, before.metrics.activeUsers);
    assert.deepEqual(day.partsThrough.activeUsers, before.partsThrough.activeUsers);
    assert.deepEqual([day.partsThrough.revenue, day.isClosed], [new Date('2025-12-21'), false]);
  });

  it('are caught up after days without a run', async () => {
    await world.makeViews();
    await world.loadedUpTo(Date.parse('2025-12-20T02:20:00Z') + 20 * DAY_MS);
    assert.deepEqual(await failures(), []);
    const found = await documents();
    const missed = periodsBetween('day', '2025-12-20', '2026-01-09').map(({ start }) => found.get(`day_${start}`));
    assert.deepEqual([...new Set(missed.map((document) => document?.isClosed))], [true]);
    // What follows a start is followed for 30 days, in documents that there are.
    const settling = found.get('day_2025-12-13') ?? assert.fail();
    assert.deepEqual(settling.partsThrough.funnel, new Date('2026-01-09T02:20:00Z'));
    assert.equal(found.has('day_2025-12-10'), false);
    const week = found.get('week_2025-12-15') ?? assert.fail();
    assert.deepEqual(week.metrics, expectedMetrics(told, periodAt('week', TODAY), Date.parse('2026-01-09T02:20:00Z')));
  });

  it('tell of the use of the API since that is counted by the day', async () => {
    const answers = (count: number) =>
      new Map([
        [
          'GET /x',
          new Map([
            ['2xx', count],
            ['5xx', 1],
          ]),
        ],
      ]);
    await addRequests('first', answers(9), '2026-01-07', new Date());
    await addRequests('second', answers(4), '2026-01-09', new Date());
    await world.loadedUpTo(Date.parse('2026-01-10T02:20:00Z'));
    assert.deepEqual(await failures(), []);
    const found = await documents();
    const use = (id: string) => metricsOf(found.get(id) ?? assert.fail(id)).api;
    assert.deepEqual(use('day_2026-01-09'), { requests: 5, errors4xx: 0, errors5xx: 1 });
    assert.deepEqual(use('day_2026-01-08'), { requests: 0, errors4xx: 0, errors5xx: 0 });
    for (const id of ['day_2026-01-07', 'week_2026-01-05', 'month_2026-01-01']) assert.equal(use(id), undefined, id);
  });
});

import assert from 'node:assert/strict';
import { apiUsageOf } from '../../src/core/insights/business/apiUsage.ts';
import { retentionPeriods, retentionRows } from '../../src/core/insights/business/retention.ts';
import { totalChanges, totalsOf } from '../../src/core/insights/business/totals.ts';
import { ratiosOf } from '../../src/core/insights/business/view.ts';
import { type InsightDocument, withParts } from '../../src/core/insights/document.ts';
import { periodsDue } from '../../src/core/insights/due.ts';
import { periodAt, periodBefore, periodId, periodsAsked, periodsBetween } from '../../src/core/insights/period.ts';

const ids = (periods: Parameters<typeof periodId>[0][]) => periods.map(periodId);

describe('periods of insights', () => {
  it('are days, weeks from Monday and months', () => {
    const of = (granularity: 'day' | 'week' | 'month', date: string) => {
      const { start, end } = periodAt(granularity, date);
      return `${start} ${end}`;
    };
    assert.equal(of('day', '2024-02-28'), '2024-02-28 2024-02-29');
    assert.equal(of('week', '2026-11-22'), '2026-11-16 2026-11-23');
    assert.equal(of('week', '2026-11-16'), '2026-11-16 2026-11-23');
    assert.equal(of('week', '2027-01-01'), '2026-12-28 2027-01-04');
    assert.equal(of('month', '2026-12-31'), '2026-12-01 2027-01-01');
    assert.equal(periodId(periodBefore(periodAt('month', '2026-03-31'), 13)), 'month_2025-02-01');
    assert.equal(periodId(periodBefore(periodAt('week', '2026-11-22'), 2)), 'week_2026-11-02');
    assert.deepEqual(ids(periodsBetween('week', '2026-11-15', '2026-11-17')), ['week_2026-11-09', 'week_2026-11-16']);
  });

  it('are asked for by range or by dates, whole ones', () => {
    const today = '2026-11-20';
    assert.deepEqual(ids(periodsAsked({ granularity: 'month', range: '90d' }, today)), [
      ...['month_2026-08-01', 'month_2026-09-01', 'month_2026-10-01', 'month_2026-11-01'],
    ]);
    assert.equal(periodsAsked({ granularity: 'day' }, today).length, 31);
    assert.equal(periodsAsked({ granularity: 'day', from: '2026-01-01', to: '2026-05-01' }, today).length, 120);
    assert.throws(() => periodsAsked({ granularity: 'day', from: '2026-01-01', to: '2026-05-02' }, today), {
      code: 'invalid_request',
    });
  });

  it('are due: today and its week and month, and once a day those that are over', () => {
    const due = (closed: string | undefined, through: string, settles = 0) =>
      ids(periodsDue(['day'], settles, closed, new Date(through)));
    assert.deepEqual(due('2026-11-20', '2026-11-20T12:00:00Z'), ['day_2026-11-20']);
    // Midnight is past, and not for an hour: today alone.
    assert.deepEqual(due('2026-11-20', '2026-11-21T00:15:00Z'), ['day_2026-11-21']);
    assert.deepEqual(due('2026-11-20', '2026-11-21T01:15:00Z'), ids(periodsBetween('day', '2026-11-14', '2026-11-22')));
    assert.equal(due('2026-11-20', '2026-11-21T01:15:00Z', 30)[0], 'day_2026-10-15');
    assert.equal(due(undefined, '2026-11-21T01:15:00Z')[0], 'day_2026-11-14');
    assert.equal(due('2026-11-01', '2026-11-21T01:15:00Z')[0], 'day_2026-11-01');
    assert.equal(due('2026-01-01', '2026-11-21T01:15:00Z')[0], 'day_2026-09-22');
    assert.deepEqual(ids(periodsDue(['week', 'month'], 0, '2026-11-20', new Date('2026-11-20T12:00:00Z'))), [
      ...['week_2026-11-16', 'month_2026-11-01'],
    ]);
  });
});

const DAY = periodAt('day', '2026-11-20');
const at = (time: string) => new Date(`2026-${time}:00Z`);
const part = (name: string, found: object, through: Date, settlesAfterDays = 0) => ({
  ...{ part: name, found, through, settlesAfterDays },
});

describe('a document of insights', () => {
  it('says up to when it is complete: the least of its parts', () => {
    const parts = [part('a', { n: 1 }, at('11-20T10:00')), part('b', { n: 2 }, at('11-20T09:00'), 30)];
    const document = withParts(undefined, DAY, parts, at('11-20T10:20'));
    assert.deepEqual(document, {
      ...{ id: 'day_2026-11-20', granularity: 'day', start: '2026-11-20', end: '2026-11-21', zone: 'UTC' },
      ...{ computedAt: at('11-20T10:20'), through: at('11-20T09:00'), isClosed: false },
      metrics: { a: { n: 1 }, b: { n: 2 } },
      partsThrough: { a: at('11-20T10:00'), b: at('11-20T09:00') },
    });
  });

  it('is closed once all its parts passed its end, and stays the same until one settles', () => {
    const open = withParts(undefined, DAY, [part('a', {}, at('11-20T10:00'))], at('11-20T10:20'));
    const both = [part('a', {}, at('11-21T01:00')), part('b', {}, at('11-21T01:00'), 30)];
    const closed = withParts(open, DAY, both, at('11-21T01:20')) ?? assert.fail();
    assert.deepEqual([closed.isClosed, closed.through], [true, at('11-21T00:00')]);
    assert.deepEqual(closed.partsThrough, { a: at('11-21T00:00'), b: at('11-21T01:00') });
    assert.equal(withParts(closed, DAY, [part('a', {}, at('11-22T01:00'))], at('11-22T01:20')), undefined);
    const settled = withParts(closed, DAY, [part('b', {}, at('12-30T01:00'), 30)], at('12-30T01:20'));
    assert.deepEqual(settled?.partsThrough.b, at('12-21T00:00'));
  });

  it('is not closed, nor known beyond its beginning, while a part has never been found', () => {
    const failed = { ...part('b', {}, at('11-21T01:00')), found: undefined };
    const partly = withParts(undefined, DAY, [part('a', {}, at('11-21T01:00')), failed], at('11-21T01:20'));
    assert.deepEqual(partly?.metrics, { a: {} });
    assert.deepEqual([partly?.isClosed, partly?.through], [false, at('11-20T00:00')]);
    // That stays so, whatever else is found.
    const later = withParts(partly, DAY, [part('c', {}, at('11-21T02:00'), 30)], at('11-21T02:20'));
    assert.deepEqual([later?.isClosed, later?.through], [false, at('11-20T00:00')]);
    const whole = withParts(later, DAY, [part('b', { n: 1 }, at('11-21T03:00'))], at('11-21T03:20'));
    assert.deepEqual([whole?.isClosed, whole?.metrics.b], [true, { n: 1 }]);
  });

  it('keeps what it has of a part that fails', () => {
    const found = withParts(undefined, DAY, [part('a', { n: 1 }, at('11-20T10:00'))], at('11-20T10:20'));
    const failed = { ...part('a', {}, at('11-20T11:00')), found: undefined };
    assert.equal(withParts(found, DAY, [failed], at('11-20T11:20')), undefined);
  });

  it('keeps a part that was found later, and takes one that corrects it', () => {
    const late = withParts(undefined, DAY, [part('a', { n: 2 }, at('11-20T12:00'))], at('11-20T12:20'));
    assert.equal(withParts(late, DAY, [part('a', { n: 1 }, at('11-20T11:00'))], at('11-20T12:21')), undefined);
    const corrected = withParts(late, DAY, [part('a', { n: 3 }, at('11-20T12:00'))], at('11-20T12:22'));
    assert.deepEqual(corrected?.metrics, { a: { n: 3 } });
  });
});

describe('what follows from business metrics', () => {
  const none = { subscribersAtStart: 0, subscribersAtEnd: 0, mrrAtStartUsdMicros: 0, mrrAtEndUsdMicros: 0 };
  const moves = {
    ...{ newSubscribers: 0, newMrrUsdMicros: 0, reactivatedSubscribers: 0, reactivatedMrrUsdMicros: 0 },
    ...{ expandedSubscribers: 0, expansionMrrUsdMicros: 0, contractedSubscribers: 0, contractionMrrUsdMicros: 0 },
    ...{ churnedSubscribers: 0, churnedMrrUsdMicros: 0, convertibleUsers: 0, convertedUsers: 0 },
  };
  const revenue = (netUsdMicros: number, payingUsers = 0) => ({
    ...{
      grossUsdMicros: netUsdMicros,
      refundsUsdMicros: 0,
      netUsdMicros,
      payments: 1,
      refundedPayments: 0,
      payingUsers,
    },
  });

  it('ratios, each with what it rests on; none of what is not known', () => {
    assert.deepEqual(ratiosOf({}), {});
    const subscriptions = {
      ...{ ...none, ...moves, subscribersAtStart: 8, mrrAtStartUsdMicros: 80_000_000 },
      ...{ churnedSubscribers: 2, churnedMrrUsdMicros: 15_000_000, contractionMrrUsdMicros: 5_000_000 },
      ...{ convertibleUsers: 50, convertedUsers: 3 },
    };
    assert.deepEqual(ratiosOf({ subscriptions, revenue: revenue(10_000_000, 3) }), {
      arppuUsdMicros: { value: 3_333_333, n: 3 },
      conversion: { value: 0.06, n: 50 },
      userChurn: { value: 0.25, n: 8 },
      revenueChurn: { value: 0.25, n: 8 },
    });
    assert.deepEqual(ratiosOf({ api: { requests: 8, errors4xx: 3, errors5xx: 1 } }), {
      apiErrorRate: { value: 0.125, n: 8 },
    });
  });

  it('totals of what is known of all periods, and both ends of what runs', () => {
    const first = { ...none, ...moves, mrrAtStartUsdMicros: 5, mrrAtEndUsdMicros: 7, subscribersAtEnd: 1 };
    const last = { ...none, ...moves, mrrAtStartUsdMicros: 7, mrrAtEndUsdMicros: 4, subscribersAtEnd: 2 };
    const trials = { started: 1, converted: 0, runningAtEnd: 1 };
    const periods = [
      { revenue: revenue(10), subscriptions: first, trials },
      { revenue: revenue(5), subscriptions: last },
    ];
    const totals = totalsOf(periods);
    assert.deepEqual(totals, {
      ...{ grossUsdMicros: 15, refundsUsdMicros: 0, netUsdMicros: 15, payments: 2 },
      ...{ mrrAtStartUsdMicros: 5, mrrAtEndUsdMicros: 4, subscribersAtStart: 0, subscribersAtEnd: 2 },
    });
    assert.deepEqual(totalsOf([]), {});
    const { netUsdMicros, refundsUsdMicros, ...others } = totalChanges(totals, totalsOf([{ revenue: revenue(10) }]));
    assert.deepEqual(netUsdMicros, { difference: 5, ratio: 0.5 });
    assert.deepEqual(refundsUsdMicros, { difference: 0, ratio: null });
    assert.deepEqual(Object.keys(others), ['grossUsdMicros', 'payments']);
  });

  it('use of the API, only since it is counted', () => {
    const answers = { '2026-11-02': { '2xx': 9 }, '2026-11-04': { '2xx': 5, '3xx': 1, '4xx': 2, '5xx': 1 } };
    const of = (granularity: 'day' | 'week' | 'month', date: string) =>
      apiUsageOf(periodAt(granularity, date), answers);
    assert.deepEqual(of('day', '2026-11-04'), { requests: 9, errors4xx: 2, errors5xx: 1 });
    assert.deepEqual(of('day', '2026-11-03'), { requests: 0, errors4xx: 0, errors5xx: 0 });
    // Counting began during the first day.
    assert.equal(of('day', '2026-11-02'), undefined);
    assert.equal(of('week', '2026-11-04'), undefined);
    assert.equal(of('month', '2026-11-04'), undefined);
    assert.equal(apiUsageOf(periodAt('day', '2026-11-03'), {}), undefined);
  });

  it('rows of cohorts from the documents of their periods', () => {
    const cohort = (start: string, periodsLater: number, users: number, activeUsers: number) => ({
      ...{ start, periodsLater, users, activeUsers },
    });
    const document = (date: string, isClosed: boolean, ...cohorts: object[]): InsightDocument => {
      const found = withParts(
        undefined,
        periodAt('month', date),
        [part('retention', { cohorts }, new Date())],
        new Date(),
      );
      return { ...(found ?? assert.fail()), isClosed };
    };
    const cohorts = periodsBetween('month', '2026-09-01', '2026-11-01');
    const documents = [
      document('2026-09-01', true, cohort('2026-09-01', 0, 3, 3), cohort('2026-08-01', 1, 9, 9)),
      document('2026-10-01', false, cohort('2026-09-01', 1, 4, 1)),
    ];
    assert.deepEqual(retentionRows(cohorts, documents), [
      {
        ...{ start: '2026-09-01', end: '2026-10-01', users: 4 },
        cells: [
          { periodsLater: 0, start: '2026-09-01', activeUsers: 3, share: { value: 1, n: 3 }, isClosed: true },
          { periodsLater: 1, start: '2026-10-01', activeUsers: 1, share: { value: 0.25, n: 4 }, isClosed: false },
        ],
      },
      { start: '2026-10-01', end: '2026-11-01', users: 0, cells: [] },
    ]);
    const periods = retentionPeriods(cohorts);
    assert.deepEqual([periods.length, periods.at(-1)?.start], [13, '2027-09-01']);
  });
});

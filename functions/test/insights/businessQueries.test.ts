import assert from 'node:assert/strict';
import { loadRows } from '../../../local/test/bigquery/started.ts';
import { type RowEvent, rowOf } from '../../src/core/warehouse/row.ts';
import { type StartedWarehouse, startWarehouse } from '../warehouse/started.ts';

let events = 0;

/** An event of a user at a time of March 2026, such as `02 10:00` (a Monday), or of another month or year. */
function event(user: string, at: string, type: string, body: object = {}): RowEvent {
  const [day = '', time = '00:00'] = at.split(' ');
  const occurredAt = new Date(`${'2026-03-'.slice(0, 10 - day.length)}${day}T${time}Z`);
  return { id: `e${String(events++).padStart(3, '0')}`, type, occurredAt, userKey: user, body } as RowEvent;
}
const started = (usd: number, months = 1) => ({ plan: 'pro', amountUsdMicros: usd * 1_000_000, months });
const payment = (paymentId: string, usd: number) => ({ paymentId, amountUsdMicros: usd * 1_000_000 });
const subject = (generationId: string) => ({ generationId, provider: 'p', model: 'm', kind: 'text_to_video' });
const ended = (generationId: string, more: object) => ({
  ...{ ...subject(generationId), attempts: 1, totalMs: 1, costUsdMicros: 0, wasteUsdMicros: 0 },
  ...{ possibleWasteUsdMicros: 0, chargedCredits: 0, videosDelivered: 1, videosBlocked: 0, videoSec: 8, ...more },
});

const WEEK = '2026-03-02/2026-03-09';
const NEXT = '2026-03-09/2026-03-16';
const MONTH = '2026-03-01/2026-04-01';

/** The parameters of periods such as WEEK, of a query that looks at all of history; and of another. */
function until(...periods: string[]) {
  const days = periods.flatMap((period) => period.split('/')).sort();
  return { periods, to: new Date(`${days.at(-1)}`) };
}
function asked(...periods: string[]) {
  const days = periods.flatMap((period) => period.split('/')).sort();
  return { ...until(...periods), from: new Date(`${days[0]}`) };
}

describe('queries of business metrics', () => {
  let warehouse: StartedWarehouse;
  before(async () => {
    warehouse = await startWarehouse();
  });
  after(() => warehouse?.stop());

  /** What a query says when there are these events alone, in the order of `by`. */
  async function answer(name: string, params: object, log: RowEvent[], by: string[] = ['period']) {
    const rows = log.map((each) => rowOf(each, each.occurredAt.toISOString()));
    await loadRows(warehouse.client, ['dailies', 'events'], rows, { writeDisposition: 'WRITE_TRUNCATE' });
    const found = await warehouse.ask<Record<string, string | number>>(name, params as Record<string, unknown>);
    const place = (row: Record<string, unknown>) => by.map((column) => String(row[column])).join(' ');
    return found.sort((a, b) => (place(a) < place(b) ? -1 : 1));
  }

  it('views/activity: what shows that a user was there', async () => {
    const about = { cell_key: null, model: null, kind: null, style: null };
    const log = [
      event('a', '02', 'session.started', { sessionId: 's' }),
      event('b', '03', 'generation.requested', { ...subject('1'), videosAsked: 1, priceUsdMicros: 1 }),
      event('b', '04', 'generation.succeeded', ended('1', {})),
      event('c', '05', 'generation.succeeded', ended('2', { requestedAt: new Date('2026-03-01') })),
      event('', '05', 'generation.succeeded', ended('3', { requestedAt: new Date('2026-03-01') })),
      event('', '05', 'page.viewed', { page: '/' }),
      event('d', '05', 'payment.succeeded', payment('1', 1)),
      event('d', '05', 'signup'),
    ];
    assert.deepEqual(await answer('views/activity', {}, log, ['user_key']), [
      ...[
        { user_key: 'a', type: 'session.started', active_at: new Date('2026-03-02'), is_generation: false, ...about },
      ],
      {
        ...{ user_key: 'b', type: 'generation.requested', active_at: new Date('2026-03-03'), is_generation: true },
        ...{ ...about, model: 'm', kind: 'text_to_video' },
      },
      {
        ...{ user_key: 'c', type: 'generation.succeeded', active_at: new Date('2026-03-05'), is_generation: true },
        ...{ ...about, model: 'm', kind: 'text_to_video' },
      },
    ]);
  });

  it('business/revenue: what was paid and paid back, to the ms of the ends', async () => {
    const log = [
      event('a', '02', 'payment.succeeded', payment('1', 10)),
      event('a', '05', 'payment.succeeded', payment('2', 20)),
      event('b', '08 23:59:59.999', 'payment.succeeded', payment('3', 40)),
      event('', '03', 'payment.succeeded', payment('4', 80)),
      event('a', '04', 'payment.refunded', payment('1', 3)),
      event('a', '05', 'payment.refunded', payment('1', 4)),
      event('b', '09', 'payment.refunded', payment('3', 40)),
      event('b', '01 23:59', 'payment.succeeded', payment('0', 500)),
    ];
    assert.deepEqual(await answer('business/revenue', asked(WEEK, NEXT, '2026-02-01/2026-03-01'), log), [
      {
        ...{ period: WEEK, gross_usd_micros: 150_000_000, refunds_usd_micros: 7_000_000 },
        ...{ payments: 4, refunded_payments: 1, paying_users: 2 },
      },
      {
        ...{ period: NEXT, gross_usd_micros: 0, refunds_usd_micros: 40_000_000 },
        ...{ payments: 0, refunded_payments: 1, paying_users: 0 },
      },
    ]);
  });

  it('business/subscriptions: who moved between the ends, and how MRR adds up', async () => {
    const log = [
      ...['kept', 'up', 'down', 'gone', 'back', 'new', 'brief', 'free'].map((user) => event(user, '01-01', 'signup')),
      event('kept', '01-02', 'subscription.started', started(120, 12)),
      event('up', '01-02', 'subscription.started', started(10)),
      event('up', '03', 'subscription.changed', { ...started(25), fromPlan: 'basic' }),
      event('down', '01-02', 'subscription.started', started(10)),
      event('down', '03', 'subscription.changed', { ...started(10, 3), fromPlan: 'pro' }),
      event('gone', '01-02', 'subscription.started', started(7)),
      event('gone', '08 23:00', 'subscription.cancelled', { plan: 'pro' }),
      event('back', '01-02', 'subscription.started', started(7)),
      event('back', '02-01', 'subscription.cancelled', { plan: 'pro' }),
      event('back', '04', 'subscription.started', started(8)),
      event('new', '04', 'subscription.started', started(9)),
      // At one moment, so the ids decide: the cancellation comes first.
      event('new', '05', 'subscription.cancelled', { plan: 'pro' }),
      event('new', '05', 'subscription.started', started(11)),
      event('brief', '04', 'subscription.started', started(100)),
      event('brief', '05', 'subscription.cancelled', { plan: 'pro' }),
      // Takes one at the end of the period, which is the next one's.
      event('free', '09', 'subscription.started', started(1)),
      // Ended at the moments at which the period begins and ends: what happens then is not before it.
      event('first', '01-02', 'subscription.started', started(1)),
      event('first', '02', 'subscription.cancelled', { plan: 'pro' }),
      event('last', '01-02', 'subscription.started', started(2)),
      event('last', '09', 'subscription.cancelled', { plan: 'pro' }),
      // Never signed up, as far as is known; and nobody.
      event('unknown', '04', 'subscription.started', started(2)),
      event('', '04', 'subscription.started', started(1_000)),
    ];
    assert.deepEqual(await answer('business/subscriptions', until(WEEK), log), [
      {
        period: WEEK,
        ...{ subscribers_at_start: 6, mrr_at_start_usd_micros: 40_000_000 },
        // kept 10, up 25, down 3.333333, back 8, new 11, last 2, unknown 2
        ...{ subscribers_at_end: 7, mrr_at_end_usd_micros: 61_333_333 },
        ...{ new_subscribers: 2, new_mrr_usd_micros: 13_000_000 },
        ...{ reactivated_subscribers: 1, reactivated_mrr_usd_micros: 8_000_000 },
        ...{ expanded_subscribers: 1, expansion_mrr_usd_micros: 15_000_000 },
        ...{ contracted_subscribers: 1, contraction_mrr_usd_micros: 6_666_667 },
        ...{ churned_subscribers: 2, churned_mrr_usd_micros: 8_000_000 },
        ...{ signed_up_users: 8, signed_up_subscribers_at_start: 4, converted_users: 3 },
      },
    ]);
  });

  it('business/trials: the first of each user, for 30 days', async () => {
    const log = [
      event('early', '01-31', 'trial.started', { plan: 'pro' }),
      event('early', '03', 'trial.started', { plan: 'pro' }),
      event('converts', '02', 'trial.started', { plan: 'pro' }),
      event('converts', '04', 'subscription.started', started(5)),
      event('late', '02', 'trial.started', { plan: 'pro' }),
      event('late', '04-01', 'subscription.started', started(5)),
      event('had', '01', 'subscription.started', started(5)),
      event('had', '03', 'trial.started', { plan: 'pro' }),
      event('long', '02-07', 'trial.started', { plan: 'pro' }),
      event('longer', '02-07 00:00:01', 'trial.started', { plan: 'pro' }),
      event('', '03', 'trial.started', { plan: 'pro' }),
    ];
    // The trial of `long` is over with the period; those of late, had and longer go on.
    assert.deepEqual(await answer('business/trials', { ...until(WEEK), through: new Date('2026-04-02') }, log), [
      { period: WEEK, started: 3, converted: 1, running_at_end: 3 },
    ]);
  });

  it('business/trials: of a period that is not over, those that run now', async () => {
    const log = [
      event('ends', '02', 'trial.started', { plan: 'pro' }),
      event('ended', '02-04', 'trial.started', { plan: 'pro' }),
      event('subscribed', '03', 'trial.started', { plan: 'pro' }),
      event('subscribed', '05', 'subscription.started', started(5)),
    ];
    // All 30 days are over before April, and those of `ended` by the 6th.
    const found = await answer('business/trials', { ...until(MONTH), through: new Date('2026-03-06T12:00:00Z') }, log);
    assert.deepEqual(found, [{ period: MONTH, started: 2, converted: 1, running_at_end: 1 }]);
    const before = await answer('business/trials', { ...until(MONTH), through: new Date('2026-03-04T12:00:00Z') }, log);
    assert.equal(before[0]?.running_at_end, 3);
  });

  it('business/active_users: of the period, and of each day and the days before it', async () => {
    const log = [
      event('a', '02-10', 'session.started', { sessionId: 's' }),
      event('a', '11 23:59:59.999', 'page.viewed', { page: '/' }),
      event('b', '10', 'feature.used', { feature: 'f' }),
      event('b', '10 12:00', 'feature.used', { feature: 'f' }),
      event('c', '09', 'generation.failed', ended('g', { requestedAt: new Date('2026-03-01') })),
      // Only the first of these two is in the 30 days that end with the 9th.
      event('e', '02-08', 'page.viewed', { page: '/' }),
      event('f', '02-07 23:59:59.999', 'page.viewed', { page: '/' }),
      // None of these shows that somebody was there.
      event('d', '10', 'generation.failed', ended('h', {})),
      event('d', '10', 'payment.succeeded', payment('1', 1)),
      event('', '10', 'page.viewed', { page: '/' }),
    ];
    // Days 9, 10 and 11: of the day 1, 1, 1; of 7 days 1, 2, 3; of 30 days (from the 8th, 9th and 10th of February) 3, 3, 3.
    assert.deepEqual(await answer('business/active_users', { ...asked(NEXT), today: '2026-03-11' }, log), [
      {
        ...{ period: NEXT, users: 3, daily_users_sum: 3, weekly_users_sum: 6, monthly_users_sum: 9 },
        ...{ weekly_users_at_end: 3, monthly_users_at_end: 3 },
      },
    ]);
  });

  it('business/retention: a cell for each cohort of weeks and months', async () => {
    const log = [
      event('a', '02-24', 'signup'),
      event('b', '03', 'signup'),
      event('b', '10', 'signup'),
      event('c', '10', 'signup'),
      event('old', '2025-03-31', 'signup'),
      event('', '10', 'signup'),
      event('a', '10', 'page.viewed', { page: '/' }),
      event('b', '11', 'page.viewed', { page: '/' }),
      event('b', '12', 'page.viewed', { page: '/' }),
      event('stranger', '12', 'page.viewed', { page: '/' }),
    ];
    const rows = await answer('business/retention', asked(NEXT, MONTH), log, ['period', 'periods_later']);
    assert.deepEqual(
      rows.map(({ period, cohort_on, periods_later, users, active_users }) =>
        [period, cohort_on, periods_later, users, active_users].join(' '),
      ),
      [
        `${MONTH} 2026-03-01 0 2 1`,
        `${MONTH} 2026-02-01 1 1 1`,
        `${NEXT} 2026-03-09 0 1 0`,
        `${NEXT} 2026-03-02 1 1 1`,
        `${NEXT} 2026-02-23 2 1 1`,
      ],
    );
  });

  it('business/funnel: each step after the one before, within 30 days, and the median time between', async () => {
    const log = [
      event('a', '02', 'signup'),
      event('a', '01', 'generation.requested', { ...subject('0'), videosAsked: 1, priceUsdMicros: 1 }),
      event('a', '02 01:00', 'generation.requested', { ...subject('1'), videosAsked: 1, priceUsdMicros: 1 }),
      event('a', '02 00:30', 'generation.downloaded', subject('0')),
      event('a', '02 03:00', 'generation.downloaded', subject('1')),
      event('a', '02 03:00', 'payment.succeeded', payment('1', 1)),
      event('b', '03', 'signup'),
      // Reported: asked for at 04:00, told of at its end.
      event('b', '03 05:00', 'generation.succeeded', ended('2', { requestedAt: new Date('2026-03-03T04:00:00Z') })),
      event('b', '03 09:00', 'generation.downloaded', subject('2')),
      event('b', '04-02', 'payment.succeeded', payment('2', 1)),
      event('c', '04', 'signup'),
      event('c', '04 02:00', 'generation.requested', { ...subject('3'), videosAsked: 1, priceUsdMicros: 1 }),
      event('d', '05', 'signup'),
      event('d', '05', 'payment.succeeded', payment('3', 1)),
      // Asked for after 28 days, told of 29 days later.
      event('e', '08', 'signup'),
      event('e', '05-04', 'generation.succeeded', ended('4', { requestedAt: new Date('2026-04-05') })),
    ];
    const HOUR = 3_600_000;
    assert.deepEqual(await answer('business/funnel', asked(WEEK, MONTH), log, ['period', 'step']), [
      { period: MONTH, step: 'asked', users: 4, median_ms: 2 * HOUR },
      { period: MONTH, step: 'downloaded', users: 2, median_ms: 2 * HOUR },
      { period: MONTH, step: 'paid', users: 1, median_ms: 0 },
      { period: MONTH, step: 'signedUp', users: 5, median_ms: 0 },
      { period: WEEK, step: 'asked', users: 4, median_ms: 2 * HOUR },
      { period: WEEK, step: 'downloaded', users: 2, median_ms: 2 * HOUR },
      { period: WEEK, step: 'paid', users: 1, median_ms: 0 },
      { period: WEEK, step: 'signedUp', users: 5, median_ms: 0 },
    ]);
  });

  it('business/premium_conversion: the first subscription since then, within 30 days of the signup', async () => {
    const log = [
      ...['a', 'b', 'c', 'd'].map((user) => event(user, '02', 'signup')),
      event('a', '03', 'signup'),
      event('before', '01', 'signup'),
      event('before', '04', 'subscription.started', started(1)),
      event('a', '31 23:59:59.999', 'subscription.started', started(1)),
      event('b', '04-01', 'subscription.started', started(1)),
      event('c', '02', 'subscription.started', started(1)),
      event('c', '04', 'subscription.started', started(1)),
      event('', '02', 'signup'),
      event('', '03', 'subscription.started', started(1)),
    ];
    const { from, to } = asked(WEEK);
    assert.deepEqual(await answer('business/premium_conversion', { from, to }, log), [{ signups: 4, subscribed: 2 }]);
  });

  it('business/features: by users, then by use, then by name; 50 at most', async () => {
    const log = [
      event('a', '03', 'feature.used', { feature: 'crop' }),
      event('a', '03', 'feature.used', { feature: 'crop' }),
      event('b', '03', 'feature.used', { feature: 'blur' }),
      event('', '03', 'feature.used', { feature: 'blur' }),
      event('b', '03', 'feature.used', { feature: 'zoom' }),
      event('a', '04', 'feature.used', { feature: 'zoom' }),
      event('', '03', 'feature.used', { feature: 'nobody' }),
      ...Array.from({ length: 60 }, (_, n) => event('z', '12', 'feature.used', { feature: `f${n + 10}` })),
    ];
    const rows = await answer('business/features', asked(WEEK, NEXT), log);
    assert.deepEqual(
      rows.filter(({ period }) => period === WEEK),
      [
        { period: WEEK, feature: 'zoom', users: 2, events: 2 },
        { period: WEEK, feature: 'blur', users: 1, events: 2 },
        { period: WEEK, feature: 'crop', users: 1, events: 2 },
        { period: WEEK, feature: 'nobody', users: 0, events: 1 },
      ],
    );
    const next = rows.filter(({ period }) => period === NEXT).map(({ feature }) => feature);
    assert.deepEqual([next.length, next[0], next.at(-1)], [50, 'f10', 'f59']);
  });

  it('business/tickets: open from an opened to the next closed, by category and in all', async () => {
    const ticket = (ticketId: string, status: string, category?: string) => ({
      ...{ ticketId, status },
      ...(category !== undefined && { category }),
    });
    const log = [
      event('a', '01', 'support.ticket', ticket('1', 'opened', 'billing')),
      event('a', '02 10:00', 'support.ticket', ticket('1', 'opened', 'billing')),
      event('a', '03', 'support.ticket', ticket('1', 'closed')),
      event('a', '04', 'support.ticket', ticket('1', 'closed')),
      event('a', '05', 'support.ticket', ticket('1', 'opened', 'billing')),
      event('a', '05 01:00', 'support.ticket', ticket('1', 'closed')),
      event('b', '06', 'support.ticket', ticket('2', 'opened')),
      event('b', '09', 'support.ticket', ticket('2', 'closed')),
      event('c', '06', 'support.ticket', ticket('3', 'closed')),
    ];
    const HOUR = 3_600_000;
    assert.deepEqual(await answer('business/tickets', until(WEEK), log, ['category']), [
      {
        ...{ period: WEEK, category: '', opened: 2, closed: 2, open_at_start: 1, open_at_end: 1 },
        median_open_ms: HOUR,
      },
      {
        ...{ period: WEEK, category: 'billing', opened: 1, closed: 2, open_at_start: 1, open_at_end: 0 },
        median_open_ms: HOUR,
      },
      {
        ...{ period: WEEK, category: 'uncategorised', opened: 1, closed: 0, open_at_start: 0, open_at_end: 1 },
        median_open_ms: null,
      },
    ]);
  });
});

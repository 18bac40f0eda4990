import assert from 'node:assert/strict';
import type { Stack } from '../../../local/stack/in-process.ts';
import { assertRefusal } from '../http/refusal.ts';
import { type Client, capturedLogs, clientFor, frozenStack, type Logs, placeOf } from '../stack/harness.ts';

const MINUTE_MS = 60_000;
const subscription = { plan: 'pro', amountUsdMicros: 24_000_000, months: 12 };

/** Sunday 2040-01-01 at noon is now. */
const TOLD: [type: string, userId: string, at: string, body: object][] = [
  ['signup', 'ann', '2039-12-30T10:00:00Z', { channel: 'search' }],
  ['session.started', 'ann', '2039-12-30T10:00:00Z', { sessionId: 's1' }],
  ['subscription.started', 'ann', '2039-12-30T11:00:00Z', subscription],
  ['payment.succeeded', 'ann', '2039-12-30T11:00:00Z', { paymentId: 'p1', amountUsdMicros: 24_000_000 }],
  ['payment.refunded', 'ann', '2040-01-01T09:00:00Z', { paymentId: 'p1', amountUsdMicros: 4_000_000 }],
  ['feature.used', 'ann', '2040-01-01T09:00:00Z', { feature: 'crop' }],
  ['signup', 'bob', '2040-01-01T08:00:00Z', {}],
  ['page.viewed', 'bob', '2040-01-01T08:00:00Z', { page: '/' }],
  ['support.ticket', 'bob', '2040-01-01T08:30:00Z', { ticketId: 't1', status: 'opened' }],
];

describe('GET /business', function () {
  this.timeout(60_000);
  let stack: Stack;
  let logs: Logs;
  let analyst: Client;

  before(async () => {
    logs = capturedLogs();
    stack = await frozenStack({ warehouse: true });
    analyst = await clientFor(placeOf(stack), 'analyst', { role: 'analyst' });
    const ingest = await clientFor(placeOf(stack), 'ingest', { role: 'ingest' });
    const events = TOLD.map(([type, userId, occurredAt, body], n) => {
      return { id: `${n}`, source: 'shop', type, userId, occurredAt, body };
    });
    const { body } = await ingest.call('POST', '/events', { events });
    assert.equal(body.accepted, TOLD.length, JSON.stringify(body));
    await stack.host.advanceBy(30 * MINUTE_MS);
  });
  after(async () => {
    await stack?.stop();
    logs?.restore();
  });

  async function get(path: string) {
    const { status, body } = await analyst.call('GET', path);
    assert.equal(status, 200, JSON.stringify(body));
    return body;
  }

  it('answers what was computed this hour', async () => {
    const body = await get('/business?from=2040-01-01&to=2040-01-02&compare=previous');
    assert.deepEqual([body.granularity, body.source, body.complete], ['day', 'documents', false]);
    const [today, ...others] = body.periods;
    assert.equal(others.length, 0);
    assert.deepEqual(
      [today.start, today.end, today.isClosed, today.source],
      ['2040-01-01', '2040-01-02', false, 'document'],
    );
    assert.deepEqual(today.revenue, {
      ...{ grossUsdMicros: 0, refundsUsdMicros: 4_000_000, netUsdMicros: -4_000_000 },
      ...{ payments: 0, refundedPayments: 1, payingUsers: 0 },
    });
    assert.equal(today.subscriptions.mrrAtEndUsdMicros, 2_000_000);
    assert.deepEqual(today.ratios, {
      arppuUsdMicros: { value: null, n: 0 },
      arpuUsdMicros: { value: -2_000_000, n: 2 },
      conversion: { value: 0, n: 1 },
      userChurn: { value: 0, n: 1 },
      revenueChurn: { value: 0, n: 1 },
      trialConversion: { value: null, n: 0 },
      stickiness: { value: 1, n: 1 },
      ticketsPer1000Users: { value: 500, n: 2 },
    });
    assert.deepEqual(today.funnel, {
      signups: 1,
      asked: { users: 0, ofSignups: { value: 0, n: 1 }, ofStepBefore: { value: 0, n: 1 } },
      downloaded: { users: 0, ofSignups: { value: 0, n: 1 }, ofStepBefore: { value: null, n: 0 } },
      paid: { users: 0, ofSignups: { value: 0, n: 1 }, ofStepBefore: { value: null, n: 0 } },
      ...{ matureAt: '2040-02-01T00:00:00.000Z', isMature: false },
    });
    assert.deepEqual(body.previous.range, { from: '2039-12-31', to: '2040-01-01', tz: 'UTC' });
    assert.deepEqual(body.previous.changes.netUsdMicros, { difference: -4_000_000, ratio: null });
  });

  it('computes what lies before it, and says so', async () => {
    const body = await get('/business?from=2039-12-01&to=2040-01-01&granularity=month');
    assert.deepEqual([body.source, body.periods.length], ['documents', 1]);
    const days = await get('/business?from=2039-12-18&to=2040-01-02');
    assert.equal(days.source, 'both');
    assert.deepEqual(days.periods.map(({ source }: { source: string }) => source).slice(0, 2), [
      'warehouse',
      'warehouse',
    ]);
    assert.equal(days.periods.length, 15);
    assert.deepEqual(days.totals, {
      ...{ grossUsdMicros: 24_000_000, refundsUsdMicros: 4_000_000, netUsdMicros: 20_000_000, payments: 1 },
      ...{ trialsStarted: 0, signups: 2, ticketsOpened: 1, ticketsClosed: 0 },
      ...{ mrrAtStartUsdMicros: 0, mrrAtEndUsdMicros: 2_000_000, subscribersAtStart: 0, subscribersAtEnd: 1 },
    });
  });

  it('shows who came back, and what they used', async () => {
    const { cohorts, complete } = await get('/business/retention?granularity=month&from=2039-12-01&to=2040-01-02');
    assert.equal(complete, false);
    assert.deepEqual(cohorts, [
      {
        ...{ start: '2039-12-01', end: '2040-01-01', users: 1 },
        cells: [
          {
            ...{ periodsLater: 0, start: '2039-12-01', activeUsers: 1 },
            ...{ share: { value: 1, n: 1 }, isClosed: true },
          },
          {
            ...{ periodsLater: 1, start: '2040-01-01', activeUsers: 1 },
            ...{ share: { value: 1, n: 1 }, isClosed: false },
          },
        ],
      },
      {
        ...{ start: '2040-01-01', end: '2040-02-01', users: 1 },
        cells: [
          {
            ...{ periodsLater: 0, start: '2040-01-01', activeUsers: 1 },
            ...{ share: { value: 1, n: 1 }, isClosed: false },
          },
        ],
      },
    ]);
    // The last column of the cohort of January is the December that is over; of the next cohort it is this month.
    const over = await get('/business/retention?granularity=month&from=2039-01-01&to=2039-02-01');
    assert.deepEqual([over.complete, over.source, over.cohorts[0].cells], [true, 'both', []]);
    const running = await get('/business/retention?granularity=month&from=2039-02-01&to=2039-03-01');
    assert.equal(running.complete, false);
    const { periods } = await get('/business/features?from=2040-01-01&to=2040-01-02');
    assert.deepEqual(periods[0].features, [{ feature: 'crop', users: 1, events: 1, adoption: { value: 0.5, n: 2 } }]);
  });

  it('answers 304 to who has the answer, without reading it again', async () => {
    const path = '/business?range=7d&granularity=week';
    const first = await analyst.call('GET', path);
    const etag = first.headers.get('etag') ?? assert.fail();
    assert.equal(first.headers.get('cache-control'), 'private, max-age=60');
    const again = await analyst.call('GET', path, undefined, { 'If-None-Match': etag });
    assert.deepEqual([again.status, again.body, again.headers.get('etag')], [304, '', etag]);
  });

  it('says what does not fit', async () => {
    const asked = [
      ...['from=2039-12-01', 'from=2039-12-02&to=2039-12-01', 'from=2039-12-01&to=2040-01-01&range=7d'],
      ...['range=365d', 'range=90d&compare=previous', 'granularity=hour', 'from=yesterday&to=2040-01-01', 'tz=UTC'],
      ...['from=1990-01-01&to=1990-01-02'],
    ];
    for (const query of asked)
      assertRefusal(await analyst.call('GET', `/business?${query}`), { status: 400, code: 'invalid_request' });
    const cohorts = '/business/retention?granularity=week&from=2037-11-01&to=2040-01-01';
    assertRefusal(await analyst.call('GET', cohorts), { status: 400, code: 'invalid_request' });
  });
});

describe('GET /business where there is no warehouse', function () {
  this.timeout(60_000);

  it('says so', async () => {
    const logs = capturedLogs();
    const stack = await frozenStack();
    try {
      const analyst = await clientFor(placeOf(stack), 'analyst', { role: 'analyst' });
      const { status, body } = await analyst.call('GET', '/business');
      assert.deepEqual([status, body.code, body.detail], [503, 'unavailable', 'This project has no warehouse.']);
    } finally {
      await stack.stop();
      logs.restore();
    }
  });
});

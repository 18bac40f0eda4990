import assert from 'node:assert/strict';
import type { BilledOperations, UsageReport } from '../../../local/firestore/index.ts';
import { report } from '../http/ingest/reports.ts';
import { type Client, clientFor, leapBy, type QuietStack, quietStack, script } from './harness.ts';

const HOUR_MS = 3_600_000;
/** Each schedule runs as often in every span of this length. */
const LIFE_MS = 600_000;

/** What is billed for the generation itself: aggregation reads each event once, and writes buckets that many share. */
function withoutAggregation({ total, byCollection }: UsageReport): BilledOperations {
  // How fast the API answers is written every half a minute in which somebody asks.
  const shared = [byCollection.system_performance_metrics, byCollection.projection_state, byCollection.api_latency];
  const events = { reads: byCollection.analytics_events?.reads ?? 0, writes: 0, deletes: 0 };
  return [...shared, events].reduce<BilledOperations>(
    (sum, part) => ({
      reads: sum.reads - (part?.reads ?? 0),
      writes: sum.writes - (part?.writes ?? 0),
      deletes: sum.deletes - (part?.deletes ?? 0),
    }),
    total,
  );
}

/**
 * What aggregation did. In the same collection are the state of the sweeper, which it only writes, once a minute, and that of the
 * alerts, which read theirs and aggregation's, and write theirs, once a minute.
 */
function ofAggregation({ byCollection }: UsageReport, minutes: number) {
  const { projection_state: state, analytics_events: log, system_performance_metrics: rollups } = byCollection;
  return {
    state: { reads: (state?.reads ?? 0) - 2 * minutes, writes: (state?.writes ?? 0) - 2 * minutes },
    log: { reads: log?.reads },
    rollups: { reads: rollups?.reads, writes: rollups?.writes },
  };
}

/** Firestore bills these by the document; what runs all the time anyway is measured alone and taken off. */
describe('what one generation costs in Firestore', function () {
  this.timeout(30_000);
  let stack: QuietStack;
  let ann: Client;

  before(async () => {
    stack = await quietStack();
    ann = await clientFor(stack, 'ann');
  });
  // One before opens the account, and fills what an instance keeps for an hour.
  beforeEach(async () => {
    await leapBy(stack, HOUR_MS);
    await ann.generate();
    await stack.host.advanceBy(LIFE_MS);
  });
  after(() => stack?.stop());

  async function billed(work: () => Promise<void>): Promise<BilledOperations> {
    stack.cloud.firestore.resetUsage();
    await work();
    await stack.host.advanceBy(LIFE_MS);
    return withoutAggregation(stack.cloud.firestore.usage());
  }

  async function lifeOf(
    prompt: string,
    rule: object,
  ): Promise<{ state: string; polls: number; reads: number; writes: number }> {
    await script(stack, { match: { prompt }, ...rule });
    let id = '';
    const wish = { model: 'veo-3.1-fast-generate-001', prompt, durationSec: 4 };
    const all = await billed(async () => {
      const { body } = await ann.call('POST', '/generations', wish, { 'Idempotency-Key': prompt });
      id = body.id;
    });
    const idle = await billed(async () => undefined);
    const { body } = await ann.call('GET', `/generations/${id}/metrics`);
    assert.equal(all.deletes, 0);
    return { state: body.outcome, polls: body.polls, reads: all.reads - idle.reads, writes: all.writes - idle.writes };
  }

  it('seen done at the first poll', async () => {
    assert.deepEqual(await lifeOf('quick', { renderMs: 20_000 }), {
      state: 'succeeded',
      polls: 1,
      reads: 8,
      writes: 14,
    });
  });

  it('seen done at the fourth', async () => {
    assert.deepEqual(await lifeOf('slower', { renderMs: 85_000 }), {
      state: 'succeeded',
      polls: 4,
      reads: 11,
      writes: 14,
    });
  });

  it('blocked', async () => {
    assert.deepEqual(await lifeOf('unsafe', { renderMs: 20_000, outcome: 'blocked' }), {
      ...{ state: 'blocked', polls: 1, reads: 7, writes: 14 },
    });
  });

  it('aggregation included, when forty are asked for in the same minutes', async () => {
    await script(stack, { match: { promptIncludes: 'together' }, renderMs: 20_000 });
    stack.cloud.firestore.resetUsage();
    for (let n = 0; n < 40; n++) await ann.generate({ prompt: `together ${n}` });
    await stack.host.advanceBy(LIFE_MS);
    const { total, byCollection } = stack.cloud.firestore.usage();
    const perGeneration = { reads: total.reads / 40, writes: total.writes / 40 };
    assert.ok(perGeneration.writes < 16, JSON.stringify({ perGeneration, byCollection }));
    assert.ok(perGeneration.reads < 14, JSON.stringify({ perGeneration, byCollection }));
  });

  it('of aggregation, an hour in which nothing happens: a minute is two reads and a write', async () => {
    await leapBy(stack, HOUR_MS);
    await stack.host.advanceBy(HOUR_MS);
    stack.cloud.firestore.resetUsage();
    await stack.host.advanceBy(HOUR_MS);
    assert.deepEqual(ofAggregation(stack.cloud.firestore.usage(), 60), {
      state: { reads: 60, writes: 60 },
      // Each minute looks, and what had no event is counted again twice, five minutes at a time.
      log: { reads: 60 + 2 * 12 },
      // Of the last 24 hours another one is open.
      rollups: { reads: 1 + 25, writes: 1 },
    });
  });

  it('of aggregation, a minute with one event: the documents of its buckets, and the latest ranges', async () => {
    const admin = await clientFor(stack, 'admin', { role: 'admin' });
    const [requestedAt, endedAt] = [31_000, 1_000].map((agoMs) => new Date(stack.clock.now() - agoMs).toISOString());
    const { status } = await admin.call('POST', '/metrics/generations', report('alone', { requestedAt, endedAt }));
    assert.equal(status, 200);
    stack.cloud.firestore.resetUsage();
    await stack.host.advanceBy(60_000);
    const { log, ...rest } = ofAggregation(stack.cloud.firestore.usage(), 1);
    assert.deepEqual(rest, {
      state: { reads: 1, writes: 1 },
      // Two of each of its minute, quarter, hour and day: the totals, and its part of the cells.
      rollups: { reads: 8 + 1, writes: 8 + 1 },
    });
    assert.ok(log.reads === 1 || log.reads === 2, 'the event, and at times a stretch without any is counted again');
  });
});

import assert from 'node:assert/strict';
import { ruleSchema } from '../../src/core/alert/rule.ts';
import { shardOf } from '../../src/core/shard.ts';
import { SIGNALS } from '../../src/features/alerting/signals/index.ts';
import { computeInsights } from '../../src/features/insights/index.ts';
import { projectionState } from '../../src/platform/collections.ts';
import { firestore } from '../../src/platform/firestore.ts';
import { HISTORY_END_MS, productHistory } from './history.ts';
import { type InsightWorld, startInsightWorld } from './world.ts';

const DAY_MIN = 1_440;
const NOW = new Date('2025-12-18T02:00:00Z');
const READ = /^(payment|signup|subscription)/;

const threshold = { type: 'threshold' as const, op: '>' as const, critical: 1 };
const change = (against: 'previous' | 'day' | 'week') => ({
  ...{ type: 'change' as const, direction: 'down' as const, against, warning: 0.2 },
});
const ASKED = [
  ...[7, 3, 20].map((days) => ({ metric: 'revenueUsd', days, condition: threshold })),
  ...(['previous', 'day', 'week'] as const).map((against) => ({
    ...{ metric: 'revenueUsd', days: 5, condition: change(against) },
  })),
  ...[3, 30].map((days) => ({ metric: 'premiumConversion', days, condition: threshold })),
];

describe('signals about money', function () {
  this.timeout(60_000);
  let world: InsightWorld;
  before(async () => {
    const events = productHistory(120);
    world = await startInsightWorld(events, HISTORY_END_MS);
    const writer = firestore().bulkWriter();
    for (const { id, ...event } of events.filter(({ type }) => READ.test(type))) {
      const stamps = { shard: shardOf(id), recordedAt: event.occurredAt };
      void writer.create(firestore().collection('analytics_events').doc(id), { ...event, ...stamps });
    }
    await writer.close();
    await world.loadedUpTo(Date.parse('2025-12-18T01:20:00Z'));
    await computeInsights();
  });
  after(() => world?.stop());

  /** What a signal says, found out anew. */
  async function ask({ metric, days, condition }: (typeof ASKED)[number], now = NOW) {
    const rule = ruleSchema.parse({ slug: 'a_rule', name: 'A rule', metric, windowMin: days * DAY_MIN, condition });
    const signal = SIGNALS[metric] ?? assert.fail(metric);
    const toMs = now.getTime();
    const found = await signal({ rule, fromMs: toMs - days * DAY_MIN * 60_000, toMs, aggregation: undefined, now });
    const shift = 'against' in condition ? { previous: days, day: 1, week: 7 }[condition.against] : days;
    await projectionState(`signal.${metric}.${days}${metric === 'revenueUsd' ? `.${shift}` : ''}`).delete();
    return found;
  }

  for (const asked of ASKED) {
    const against = 'against' in asked.condition ? ` against the ${asked.condition.against}` : '';
    it(`${asked.metric} of ${asked.days} days${against} is the same from the warehouse as from the log`, async () => {
      const known = await ask(asked);
      process.env.WAREHOUSE_DATASET = '';
      try {
        assert.deepEqual(await ask(asked), known);
      } finally {
        process.env.WAREHOUSE_DATASET = 'dailies';
      }
      assert.equal(known.length, 1);
      assert.ok((known[0]?.n ?? 0) > 0, `${known[0]?.n}`);
    });
  }

  it('say nothing where the warehouse is days behind', async () => {
    for (const metric of ['revenueUsd', 'premiumConversion']) {
      const asked = { metric, days: 3, condition: threshold };
      assert.deepEqual(await ask(asked, new Date('2025-12-21T12:00:00Z')), [{ group: {}, n: 0 }]);
    }
  });
});

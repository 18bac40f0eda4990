import assert from 'node:assert/strict';
import { type RuleInput, ruleSchema } from '../../../src/core/alert/rule.ts';
import type { EventType } from '../../../src/core/events/schema.ts';
import { shardOf } from '../../../src/core/shard.ts';
import { daysLeft } from '../../../src/features/alerting/signals/daysToSunset.ts';
import { SIGNALS } from '../../../src/features/alerting/signals/index.ts';
import { latencyBetween, noteLatency } from '../../../src/features/apiLatency/index.ts';
import { settingsDocument, usage } from '../../../src/platform/collections.ts';
import { firestore } from '../../../src/platform/firestore.ts';
import type { AggregationState } from '../../../src/platform/rollups.ts';
import { capturedLogs, type Logs } from '../../stack/harness.ts';
import { MINUTE_MS, World } from './world.ts';

const DAY_MIN = 1_440;
const DAY_MS = DAY_MIN * MINUTE_MS;

describe('signals', function () {
  this.timeout(30_000);
  const world = new World();
  let logs: Logs;
  let events = 0;

  before(async () => {
    logs = capturedLogs();
    await world.start([]);
  });
  after(async () => {
    await world.stop();
    logs.restore();
  });

  const now = () => new Date(world.clock.now());
  const midnightMs = () => Math.floor(world.clock.now() / DAY_MS) * DAY_MS;

  function rule(metric: string, windowMin: number, more: Partial<RuleInput> = {}) {
    const condition = { type: 'threshold' as const, op: '>' as const, critical: 1 };
    return ruleSchema.parse({ slug: 'a_rule', name: 'A rule', metric, windowMin, condition, ...more });
  }

  function ask(asked: ReturnType<typeof rule>, aggregation?: Partial<AggregationState>) {
    const signal = SIGNALS[asked.metric] ?? assert.fail(`no signal ${asked.metric}`);
    const toMs = world.clock.now();
    const window = { fromMs: toMs - asked.windowMin * MINUTE_MS, toMs };
    return signal({ rule: asked, ...window, aggregation: aggregation as AggregationState | undefined, now: now() });
  }

  async function tell(type: EventType, daysAgo: number, userKey: string, body: object = {}): Promise<void> {
    const id = `event${events++}`;
    const occurredAt = new Date(midnightMs() - daysAgo * DAY_MS + 3_600_000);
    const event = { type, occurredAt, recordedAt: now(), shard: shardOf(id), userKey, body };
    await firestore().collection('analytics_events').doc(id).set(event);
  }

  it('revenue is payments less refunds of whole days, beside the week before', async () => {
    const pay = (daysAgo: number, usd: number) =>
      tell('payment.succeeded', daysAgo, 'ann', { amountUsdMicros: usd * 1e6 });
    await Promise.all([pay(0, 1_000), pay(1, 40), pay(7, 60), pay(8, 300), pay(14, 100), pay(15, 5_000)]);
    await tell('payment.refunded', 2, 'ann', { amountUsdMicros: 15e6 });
    const change = { type: 'change', direction: 'down', against: 'week', warning: 0.2 } as const;
    const [found] = await ask(rule('revenueUsd', 7 * DAY_MIN, { condition: change }));
    const window = { fromMs: midnightMs() - 7 * DAY_MS, toMs: midnightMs() };
    assert.deepEqual(found, { group: {}, ...window, value: 85, before: 400, n: 4 });
  });

  it('revenue is found out once an hour', async () => {
    const change = { type: 'change', direction: 'down', against: 'week', warning: 0.2 } as const;
    await tell('payment.succeeded', 1, 'bob', { amountUsdMicros: 1e6 });
    const value = async () => (await ask(rule('revenueUsd', 7 * DAY_MIN, { condition: change })))[0]?.value;
    assert.equal(await value(), 85);
    world.clock.moveTo(world.clock.now() + 60 * MINUTE_MS);
    assert.equal(await value(), 86);
  });

  it('conversion is of those who signed up a month ago, within 30 days of it', async () => {
    assert.deepEqual((await ask(rule('premiumConversion', 6 * DAY_MIN)))[0]?.n, 0, 'nobody yet');
    for (const user of ['a', 'b', 'c', 'd']) await tell('signup', 33, user);
    await tell('signup', 20, 'too-new');
    await tell('subscription.started', 30, 'a');
    await tell('subscription.started', 25, 'a');
    await tell('subscription.started', 2, 'b');
    await tell('subscription.started', 33 - 30, 'c');
    await tell('subscription.started', 10, 'never-signed-up');
    world.clock.moveTo(world.clock.now() + 60 * MINUTE_MS);
    const [found] = await ask(rule('premiumConversion', 6 * DAY_MIN));
    assert.deepEqual([found?.value, found?.n], [0.25, 4], 'a did; b came late, c a moment too late');
  });

  it('the share of the daily cap is missing without a cap', async () => {
    const capped = rule('dailyCapShare', 1);
    assert.deepEqual(await ask(capped), [{ group: {}, n: 0 }]);
    await settingsDocument().set({ intake: { open: true, costUsdMicrosPerDay: 50_000_000 } });
    const day = now().toISOString().slice(0, 10);
    for (const [uid, costUsdMicros] of [
      ['ann', 30_000_000],
      ['bob', 10_000_000],
    ] as const) {
      await usage(uid).doc(day).set({ day, costUsdMicros, generations: 1, credits: 1 });
    }
    // Settings are kept for ten seconds.
    world.clock.moveTo(world.clock.now() + 11_000);
    assert.deepEqual(await ask(capped), [{ group: {}, n: 1, value: 0.8 }]);
  });

  it('the age of the cursor and mismatches come from the state of aggregation', async () => {
    const at = (minutesAgo: number) => new Date(world.clock.now() - minutesAgo * MINUTE_MS);
    const mismatch = (minutesAgo: number) => ({
      after: at(90),
      through: at(80),
      folded: 1,
      found: 2,
      at: at(minutesAgo),
    });
    const aggregation = { through: at(7), recountMismatches: [mismatch(70), mismatch(20), mismatch(5)] };
    assert.deepEqual(await ask(rule('cursorAgeMin', 1), aggregation), [{ group: {}, n: 1, value: 7 }]);
    assert.deepEqual(await ask(rule('recountMismatches', 60), aggregation), [{ group: {}, n: 1, value: 2 }]);
    assert.deepEqual(await ask(rule('cursorAgeMin', 1)), [{ group: {}, n: 0 }], 'nothing is counted yet');
  });

  it('days to sunset are those of models in use that end', () => {
    const models = [
      { id: 'used', sunsetOn: '2040-01-31' },
      { id: 'ends-today', sunsetOn: '2040-01-01' },
      { id: 'unused', sunsetOn: '2040-01-31' },
      { id: 'over', sunsetOn: '2039-12-31' },
      { id: 'stays', sunsetOn: null },
    ];
    const asked = { used: 3, 'ends-today': 1, over: 9, stays: 9 };
    assert.deepEqual(daysLeft(models, asked, new Date('2040-01-01T23:59Z')), [
      { group: { model: 'used' }, value: 30, n: 3 },
      { group: { model: 'ends-today' }, value: 0, n: 1 },
    ]);
  });

  it('latency is that of all requests, within 1 %, once it is written', async () => {
    const fromMs = Math.floor(world.clock.now() / MINUTE_MS) * MINUTE_MS;
    for (let ms = 1; ms <= 100; ms++) await noteLatency(10 * ms);
    assert.equal((await latencyBetween(fromMs, fromMs + MINUTE_MS)).count, 0, 'not due yet');
    world.clock.moveTo(world.clock.now() + 30_000);
    await noteLatency(5);
    const sketch = await latencyBetween(fromMs, fromMs + 2 * MINUTE_MS);
    assert.equal(sketch.count, 101);
    const p95 = sketch.quantile(0.95) ?? 0;
    assert.ok(Math.abs(p95 - 950) <= 9.5, `${p95}`);
    world.clock.moveTo(fromMs + 5 * MINUTE_MS);
    const [none] = await ask(rule('apiP95Ms', 1));
    assert.deepEqual(none, { group: {}, n: 0 });
    assert.deepEqual((await ask(rule('apiP95Ms', 10)))[0]?.n, 101);
  });
});

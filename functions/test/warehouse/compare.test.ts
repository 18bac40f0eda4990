import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Timestamp } from 'firebase-admin/firestore';
import { loadRows } from '../../../local/test/bigquery/started.ts';
import { ruleSchema } from '../../src/core/alert/rule.ts';
import { daysOf } from '../../src/core/rollup/days.ts';
import { shardOf } from '../../src/core/shard.ts';
import { type RowEvent, rowOf } from '../../src/core/warehouse/row.ts';
import { rebuildRollups, tick } from '../../src/features/aggregation/index.ts';
import { SIGNALS } from '../../src/features/alerting/signals/index.ts';
import {
  compareWarehouse,
  latestComparison,
  PROJECTION_LIMITS,
  projectWarehouse,
} from '../../src/features/warehouse/index.ts';
import { bigQuery } from '../../src/platform/bigquery/client.ts';
import { now } from '../../src/platform/clock.ts';
import { firestore } from '../../src/platform/firestore.ts';
import { historyOf } from '../core/analytics/historyEvents.ts';
import { MINUTE_MS, startWorld, type World } from './project/world.ts';

const DAY_MS = 86_400_000;
const CELL = 'google/veo/text_to_video';

/** A request of a day, 10:00. */
const request = (id: string, day = ''): RowEvent => ({
  ...{ id, type: 'generation.requested', occurredAt: new Date(`${day}T10:00:00Z`), userKey: 'u', cellKey: CELL },
  body: {
    ...{ generationId: id, provider: 'google', model: 'veo', kind: 'text_to_video' },
    ...{ videosAsked: 1, priceUsdMicros: 1 },
  },
});

describe('warehouse: compared with the rollups', function () {
  this.timeout(60_000);
  let world: World;
  /** The seven closed days. */
  let days: string[];
  const dayBefore = (n: number) => new Date(world.clock.now() - n * DAY_MS).toISOString().slice(0, 10);
  before(async () => {
    world = await startWorld();
  });
  after(() => world?.stop());
  beforeEach(async () => {
    await world.beginAnew();
    // The clock only goes forward: each test has its week on the days before another one.
    world.clock.moveTo(Math.ceil(world.clock.now() / DAY_MS) * DAY_MS + 6 * 60 * MINUTE_MS);
    days = Array.from({ length: 7 }, (_, at) => dayBefore(7 - at));
  });

  async function record(events: readonly RowEvent[], stampedMs = world.clock.now()): Promise<void> {
    const writer = firestore().bulkWriter();
    for (const { id, ...event } of events) {
      const ref = firestore().collection('analytics_events').doc(id);
      const stamps = { shard: shardOf(id), days: daysOf(event), recordedAt: Timestamp.fromMillis(stampedMs) };
      void writer.create(ref, { ...event, ...stamps });
    }
    await writer.close();
  }
  async function count() {
    world.pass(MINUTE_MS);
    await tick();
  }
  async function load() {
    world.pass(3 * MINUTE_MS);
    assert.equal((await projectWarehouse()).complete, true);
  }
  const foundNothing = () => ({ days, skipped: [], differenceCount: 0, differences: [] });
  async function compared() {
    const { at, ...comparison } = (await compareWarehouse()) ?? assert.fail('there is a warehouse');
    assert.deepEqual(await latestComparison().then((kept) => kept?.days), comparison.days);
    return comparison;
  }

  it('finds nothing where every number is the same', async () => {
    const span = { fromMs: world.clock.now() - 10 * DAY_MS, toMs: world.clock.now() - DAY_MS };
    const [history = []] = fc.sample(historyOf(span, { minLength: 300, maxLength: 300 }), { seed: 2, numRuns: 1 });
    await record(history.filter(({ occurredAt }) => occurredAt.getTime() < world.clock.now()));
    await load();
    await count();
    assert.deepEqual(await compared(), foundNothing());
    assert.equal((await latestComparison())?.at.getTime(), world.clock.now());
  });

  it('finds what one side has more, tells it, and sees when it is mended', async () => {
    await record([request('a', days[4]), request('b', days[4])]);
    await load();
    await count();
    const stray = request('stray', days[4]);
    await loadRows(await bigQuery(), ['dailies', 'events'], [rowOf(stray, stray.occurredAt.toISOString())]);
    const difference = { day: days[4], cellKey: CELL, measure: 'arrivals', warehouse: 3, rollups: 2 };
    assert.deepEqual(await compared(), { ...foundNothing(), differenceCount: 1, differences: [difference] });
    assert.deepEqual(await signal('warehouseMismatches'), [{ group: {}, n: 1, value: 1 }]);
    const errors = world.store.logs.lines.filter(
      ({ component, severity }) => component === 'warehouse.compare' && severity === 'ERROR',
    );
    assert.deepEqual(
      errors.map(({ severity, error }) => [severity, error]),
      [['ERROR', `arrivals of ${CELL} on ${days[4]}: 3 in the warehouse, 2 in the rollups`]],
    );
    // The log had it all the while, seen late.
    await record([stray], world.clock.now() - 60 * MINUTE_MS);
    await rebuildRollups(dayBefore(3), dayBefore(3));
    assert.deepEqual(await compared(), foundNothing(), 'looked at again, though the days are the same');
    assert.deepEqual(await signal('warehouseMismatches'), [{ group: {}, n: 1, value: 0 }]);
  });

  it('allows for events that only one side has yet', async () => {
    await record([request('a', days[4])]);
    await load();
    await count();
    await record([request('late', days[3])]);
    await count();
    assert.deepEqual(await compared(), foundNothing(), 'the rollups are further on');
    await firestore().doc('projection_state/warehouse.comparison').delete();
    await load();
    await record([request('later', days[2])]);
    world.pass(3 * MINUTE_MS);
    await projectWarehouse();
    assert.deepEqual(await compared(), foundNothing(), 'the warehouse is further on');
  });

  it('looks once at days that are equal', async () => {
    await record([request('a', days[4])]);
    await load();
    await count();
    await compared();
    const stray = request('stray', days[4]);
    await loadRows(await bigQuery(), ['dailies', 'events'], [rowOf(stray, stray.occurredAt.toISOString())]);
    assert.deepEqual(await compared(), foundNothing());
    world.pass(DAY_MS);
    await load();
    await count();
    const next = await compared();
    assert.deepEqual([next.days[0], next.days.at(-1), next.differenceCount], [days[1], dayBefore(1), 1]);
  });

  it('says of which days it could not', async () => {
    const because = (reason: string, skipped = days) => skipped.map((day) => ({ day, reason }));
    const never = because('being loaded or counted at the time');
    assert.deepEqual((await compared()).skipped, never, 'nothing has run yet');
    await record([request('a', days[4])]);
    await count();
    await world.faults({ slowMs: 60 * MINUTE_MS });
    world.pass(3 * MINUTE_MS);
    await projectWarehouse({ ...PROJECTION_LIMITS, waitsMs: [] });
    assert.deepEqual((await compared()).skipped, never, 'a load is under way');
    await world.noFaults();
    world.pass(61 * MINUTE_MS);
    await load();
    await count();
    assert.deepEqual(await compared(), foundNothing());
    world.pass(2 * DAY_MS);
    await count();
    const late = await compared();
    assert.deepEqual(late.days, days.slice(2));
    assert.deepEqual(late.skipped, because('not loaded or counted yet', [dayBefore(2), dayBefore(1)]));
  });

  it('is silent where there is no warehouse', async () => {
    process.env.WAREHOUSE_DATASET = '';
    try {
      assert.equal(await compareWarehouse(), undefined);
      for (const name of ['warehouseAgeMin', 'warehouseDeadLetters', 'warehouseMismatches']) {
        assert.deepEqual(await signal(name), [{ group: {}, n: 0 }], name);
      }
    } finally {
      process.env.WAREHOUSE_DATASET = 'dailies';
    }
  });

  it('rejects where BigQuery does not answer, and keeps what was found before', async () => {
    await record([request('a', days[4])]);
    await load();
    await count();
    await world.faults({ down: true });
    await assert.rejects(compareWarehouse(), { name: 'QueryFailed' });
    assert.equal(await latestComparison(), undefined);
  });

  it('tells how late the warehouse is, and how many events it refused', async () => {
    assert.deepEqual(await signal('warehouseAgeMin'), [{ group: {}, n: 0 }], 'before the first run');
    await record([request('a', days[4])]);
    await world.faults({ down: true });
    world.pass(3 * MINUTE_MS);
    await assert.rejects(load());
    world.pass(40 * MINUTE_MS);
    assert.equal((await signal('warehouseAgeMin'))[0]?.value, 42, 'nothing has ever been loaded');
    await world.noFaults();
    await load();
    const [age] = await signal('warehouseAgeMin');
    assert.deepEqual([age?.value, age?.n], [2, 1], 'two minutes are left to settle');
    world.pass(40 * MINUTE_MS);
    assert.equal((await signal('warehouseAgeMin'))[0]?.value, 42);
    assert.deepEqual(await signal('warehouseDeadLetters'), [{ group: {}, n: 1, value: 0 }]);
    await firestore().doc('warehouse_dead_letters/a').set({ type: 'generation.requested' });
    assert.deepEqual(await signal('warehouseDeadLetters'), [{ group: {}, n: 1, value: 1 }]);
  });

  function signal(metric: string) {
    const condition = { type: 'threshold' as const, op: '>' as const, critical: 1 };
    const rule = ruleSchema.parse({ slug: 'a_rule', name: 'A rule', metric, windowMin: 1, condition });
    const toMs = world.clock.now();
    const ask = SIGNALS[metric] ?? assert.fail(`no signal ${metric}`);
    return ask({ rule, fromMs: toMs - MINUTE_MS, toMs, aggregation: undefined, now: now() });
  }
});

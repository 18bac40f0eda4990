import assert from 'node:assert/strict';
import { BigQuery, type Query } from '@google-cloud/bigquery';
import { DocumentReference, Firestore } from 'firebase-admin/firestore';
import { projectWarehouse, type Retried, retryDeadLetters } from '../../../src/features/warehouse/index.ts';
import { firestore } from '../../../src/platform/firestore.ts';
import {
  broken,
  eachInWorld,
  features,
  letters,
  MINUTE_MS,
  PAGES_ONLY,
  progress,
  record,
  SMALL,
  views,
  type World,
} from './world.ts';

describe('events that are seen behind the cursor', function () {
  this.timeout(60_000);
  let world: World;
  eachInWorld((started) => {
    world = started;
  });

  const now = () => world.clock.now();
  const tick = () => projectWarehouse(SMALL);
  const daysBefore = (days: number, ...ids: string[]) =>
    views(...ids).map((view) => ({ ...view, occurredAt: new Date(now() - days * 24 * 60 * MINUTE_MS) }));
  /** Lets BigQuery refuse queries for more than so many days; answers, and ends, how often it has. */
  function refuseDays(most: number): () => number {
    const { query } = BigQuery.prototype;
    let refused = 0;
    BigQuery.prototype.query = function (this: BigQuery, asked: Query) {
      const { countedFrom, countedTo } = asked.params as Record<string, Date>;
      const days = (Number(countedTo) - Number(countedFrom)) / (24 * 60 * MINUTE_MS);
      if (days <= most) return query.call(this, asked);
      refused++;
      return Promise.reject(Object.assign(new Error('too much'), { errors: [{ reason: 'bytesBilledLimitExceeded' }] }));
    } as typeof query;
    return () => {
      BigQuery.prototype.query = query;
      return refused;
    };
  }
  /** Tries the dead letters again once, when it is asked which events are in them: before the answer or after it. */
  function retryAtLookup(side: 'before' | 'after'): () => Promise<Retried | undefined> {
    const { getAll } = Firestore.prototype;
    let retried: Promise<Retried> | undefined;
    Firestore.prototype.getAll = async function (this: Firestore, ...refs) {
      const [first] = refs;
      const isNow = !retried && first instanceof DocumentReference && first.path.startsWith('warehouse_dead_letters/');
      if (!isNow) return getAll.apply(this, refs);
      retried = Promise.resolve().then(() => retryDeadLetters(SMALL));
      if (side === 'before') await retried;
      const answer = await getAll.apply(this, refs);
      await retried;
      return answer;
    } as typeof getAll;
    return () => {
      Firestore.prototype.getAll = getAll;
      return Promise.resolve(retried);
    };
  }

  it('finds events that are seen behind the cursor when it counts again after an hour', async () => {
    const firstMs = now();
    await world.told(views('a', 'c', 'e'));
    await world.told(views('g', 'i'));
    await tick();
    await record([...views('b', 'd', 'bb', 'dd'), ...broken('f')], firstMs);
    world.pass(59 * MINUTE_MS);
    assert.equal((await tick()).rows, 0);
    world.pass(MINUTE_MS);
    await tick();
    assert.deepEqual(await world.loaded(), ['a', 'b', 'bb', 'c', 'd', 'dd', 'e', 'g', 'i']);
    assert.deepEqual(await letters(), [['f', 'schema']]);
    await tick();
    const { manifests, loadedRows, pending } = await progress();
    assert.deepEqual([manifests, loadedRows, pending], [[], 9, null]);
  });

  it('leaves dead letters, which are tried again on their own, alone when it looks for what is missing', async () => {
    const firstMs = now();
    await world.told([...views('a'), ...broken('b'), ...views('z')]);
    await tick();
    await firestore()
      .doc('analytics_events/b')
      .update({ body: { page: '/b' } });
    await record(views('c'), firstMs);
    world.pass(61 * MINUTE_MS);
    await tick();
    assert.deepEqual([await world.loaded(), await letters()], [['a', 'c', 'z'], [['b', 'schema']]]);
  });

  it('loads no dead letter that is tried again, with success, while it looks for what is missing', async () => {
    for (const side of ['before', 'after'] as const) {
      world.pass(MINUTE_MS);
      await world.beginAnew();
      const firstMs = now();
      await world.told([...views('a'), ...broken('b'), ...views('z')]);
      await tick();
      await firestore()
        .doc('analytics_events/b')
        .update({ body: { page: '/b' } });
      await record(views('c'), firstMs);
      world.pass(61 * MINUTE_MS);
      const retried = retryAtLookup(side);
      await tick();
      assert.deepEqual(await retried(), { loaded: 1, refused: 0, jobs: 1 });
      assert.deepEqual([await world.loaded(), await letters()], [['a', 'b', 'c', 'z'], []], side);
    }
  });

  it('leaves alone what was loaded before our own schema refused it', async () => {
    const firstMs = now();
    await world.told(views('a'));
    await tick();
    await firestore()
      .doc('analytics_events/a')
      .update({ body: { page: 5 } });
    await record(daysBefore(9, 'A'), firstMs);
    world.pass(61 * MINUTE_MS);
    await tick();
    assert.deepEqual([await world.loaded(), await letters()], [['A', 'a'], []]);
  });

  it('asks for fewer days at once where a query would read more than it may', async () => {
    const firstMs = now();
    await world.told([...views('b'), ...daysBefore(1, 'c'), ...daysBefore(40, 'd'), ...daysBefore(300, 'e', 'f')]);
    await tick();
    await record(daysBefore(40, 'a'), firstMs);
    world.pass(61 * MINUTE_MS);
    const refused = refuseDays(3);
    await tick();
    assert.ok(refused() >= 2);
    assert.deepEqual(await world.loaded(), ['a', 'b', 'c', 'd', 'e', 'f']);
    assert.deepEqual((await progress()).manifests, []);
  });

  it('narrows late events down to the row that is refused', async () => {
    await world.beginAnew(PAGES_ONLY);
    const firstMs = now();
    await world.told(views('a', 'z'));
    await tick();
    await record([...views('b', 'c'), ...features('d')], firstMs);
    world.pass(61 * MINUTE_MS);
    for (let ticks = 0; ticks < 4; ticks++) await tick();
    assert.deepEqual(await world.loaded(), ['a', 'b', 'c', 'z']);
    assert.deepEqual([await letters(), (await progress()).manifests], [[['d', 'invalid']], []]);
  });
});

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { PROJECT_ID } from '../../../../local/stack/project.ts';
import { EVENTS } from '../../../src/core/warehouse/tables.ts';
import { projectWarehouse, retryDeadLetters } from '../../../src/features/warehouse/index.ts';
import { deadLetters, deadLettersAfter } from '../../../src/platform/deadLetters.ts';
import { firestore } from '../../../src/platform/firestore.ts';
import { crashingClient } from '../../features/aggregation/crashes.ts';
import {
  broken,
  eachInWorld,
  features,
  MINUTE_MS,
  PAGES_ONLY,
  type Recorded,
  record,
  SMALL,
  views,
  type World,
} from './world.ts';

describe('dead letters of the warehouse', function () {
  this.timeout(60_000);
  let world: World;
  eachInWorld((started) => {
    world = started;
  }, PAGES_ONLY);

  /** Brings events over, the features of which end in dead letters. */
  async function told(events: Recorded): Promise<void> {
    await world.told(events);
    for (let ticks = 0; ticks < 20; ticks++) if ((await projectWarehouse(SMALL)).complete) return;
    assert.fail('it never comes to an end');
  }
  /** One more dead letter, without the projection, which would bring it over by now. */
  async function another(id: string): Promise<void> {
    await record(features(id), world.clock.now());
    const at = new Date(world.clock.now());
    const why = { reason: 'invalid', message: 'no page', jobId: 'j', retries: 0, retryJobId: null };
    await deadLetters()
      .doc(id)
      .set({ id, type: 'feature.used', recordedAt: at, at, ...why });
  }
  const repairEvent = (id: string) =>
    firestore()
      .doc(`analytics_events/${id}`)
      .update({ type: 'page.viewed', body: { page: `/${id}` } });
  const letters = async () => (await deadLettersAfter(undefined, 100)).map(({ letter }) => letter);
  const repaired = () => world.addColumns(EVENTS.columns);

  it('are loaded once the cause is gone, by one job, and are none any more', async () => {
    await told([...views('a'), ...features('b', 'c')]);
    assert.deepEqual(
      (await letters()).map(({ id }) => id),
      ['b', 'c'],
    );
    await repaired();
    assert.deepEqual(await retryDeadLetters(SMALL), { loaded: 2, refused: 0, jobs: 1 });
    assert.deepEqual([await world.loaded(), await letters()], [['a', 'b', 'c'], []]);
    assert.deepEqual(await retryDeadLetters(SMALL), { loaded: 0, refused: 0, jobs: 0 });
  });

  it('stay what they are where they are refused once more, and keep no other back', async () => {
    await told([...features('b', 'c', 'd'), ...broken('e')]);
    await repairEvent('c');
    assert.deepEqual(await retryDeadLetters(SMALL), { loaded: 1, refused: 3, jobs: 5 });
    assert.deepEqual(await world.loaded(), ['c']);
    assert.deepEqual(
      (await letters()).map(({ id, reason, retryJobId }) => [id, reason, retryJobId]),
      [
        ['b', 'invalid', null],
        ['d', 'invalid', null],
        ['e', 'schema', null],
      ],
    );
    for (const { id, retries } of await letters()) assert.ok(retries >= 1, id);
  });

  it('are loaded once, wherever a retry dies, and where two run at the same time', async () => {
    await told(features('b', 'c', 'd'));
    await repaired();
    const client = crashingClient();
    try {
      let crashes = 0;
      for (let at = 1; at < 12; at++) {
        for (const side of ['before', 'after'] as const) {
          await another(`${at}-${side}`);
          crashes += Number(await client.run({ at, side }, () => retryDeadLetters(SMALL)));
        }
      }
      assert.ok(crashes > 6, `${crashes} crashes`);
    } finally {
      client.restore();
    }
    await retryDeadLetters(SMALL);
    const events = await firestore().collection('analytics_events').get();
    assert.deepEqual([await world.loaded(), await letters()], [events.docs.map(({ id }) => id).sort(), []]);
    await world.beginAnew(PAGES_ONLY);
    await told(features('e', 'f'));
    await repaired();
    await world.faults({ loseAnswers: 1 });
    const both = await Promise.all([retryDeadLetters(SMALL), retryDeadLetters(SMALL)]);
    assert.equal(
      both.reduce((sum, { loaded }) => sum + loaded, 0),
      2,
    );
    assert.deepEqual([await world.loaded(), await letters()], [['e', 'f'], []]);
  });

  it('are loaded once where the cause goes while their range is taken in halves', async () => {
    for (const loadsBefore of [1, 2, 3]) {
      world.pass(MINUTE_MS);
      await world.beginAnew(PAGES_ONLY);
      await world.told([...views('a'), ...features('e'), ...views('c'), ...broken('x'), ...views('d')]);
      await projectWarehouse({ ...SMALL, loads: loadsBefore });
      await repairEvent('x');
      await retryDeadLetters(SMALL);
      for (let ticks = 0; ticks < 4; ticks++) await projectWarehouse(SMALL);
      await retryDeadLetters(SMALL);
      assert.deepEqual([await world.loaded(), (await letters()).map(({ id }) => id)], [['a', 'c', 'd', 'x'], ['e']]);
    }
  });

  it('are shown and tried again by a command', async () => {
    await told([...features('b'), ...broken('c')]);
    await repaired();
    const command = (...args: string[]) =>
      promisify(execFile)(process.execPath, [
        'scripts/warehouse-dead-letters.ts',
        '--project',
        PROJECT_ID,
        ...args,
      ]).then(
        ({ stdout }) => ({ code: 0, stdout }),
        ({ code, stdout }: { code: number; stdout: string }) => ({ code, stdout }),
      );
    const shown = await command();
    assert.equal(shown.code, 1);
    assert.match(shown.stdout, /^b {2}feature\.used .* invalid: .*\nc {2}page\.viewed .*\n2 dead letters\n$/);
    const tried = await command('--retry');
    assert.equal(tried.code, 1);
    assert.match(tried.stdout, /^1 loaded, 1 refused once more, by 1 load jobs\nc .*\n1 dead letters\n$/);
    assert.deepEqual(await world.loaded(), ['b']);
    assert.equal((await command('--limit', '0')).code, 2);
  });
});

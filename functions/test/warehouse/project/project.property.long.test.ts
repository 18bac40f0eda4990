import assert from 'node:assert/strict';
import { Job } from '@google-cloud/bigquery';
import fc from 'fast-check';
import { projectWarehouse, retryDeadLetters } from '../../../src/features/warehouse/index.ts';
import { deadLettersAfter } from '../../../src/platform/deadLetters.ts';
import { firestore } from '../../../src/platform/firestore.ts';
import { heldProgress } from '../../../src/platform/warehouse.ts';
import { type CrashPlan, crashingClient } from '../../features/aggregation/crashes.ts';
import { type Deed, type Happening, happenings, type Told } from './happenings.ts';
import { broken, features, MINUTE_MS, PAGES_ONLY, record, SMALL, startWorld, views, type World } from './world.ts';

describe('the projection to BigQuery, whatever happens', function () {
  this.timeout(120_000);
  let world: World;
  let client: ReturnType<typeof crashingClient>;
  let ids: Record<Told['what'], string[]>;
  let repaired: Set<string>;
  /** How often something happened that this is about. */
  const met = { crashes: 0, outages: 0, narrowed: 0, late: 0, jobsFailed: 0, repaired: 0 };

  before(async () => {
    world = await startWorld();
    // BigQuery is told and asked in between.
    client = crashingClient([[Job.prototype, 'getMetadata']]);
  });
  after(async () => {
    client?.restore();
    await world?.stop();
  });

  const EVENT_OF = { row: views, refused: features, broken };

  async function act(deed: Deed): Promise<unknown> {
    switch (deed.what) {
      case 'record':
        return Promise.all(
          deed.told.map(({ what, lagMs }) => {
            const id = `${what}-${ids.row.length + ids.refused.length + ids.broken.length}`;
            ids[what].push(id);
            return record(EVENT_OF[what](id), world.clock.now() - lagMs);
          }),
        );
      case 'tick':
        return attempt(deed.crash, () => projectWarehouse(deed.limits));
      case 'retry':
        return attempt(deed.crash, () => retryDeadLetters(deed.limits));
      case 'repair':
        return repair();
      case 'faults':
        return world.faults(deed.faults);
    }
  }

  async function repair(): Promise<void> {
    const { docs } = await firestore().collection('analytics_events').get();
    const unfit = docs.filter((doc) => doc.get('body.more') === true);
    await Promise.all(unfit.map(({ ref }) => ref.update({ body: { page: '/repaired' } })));
    for (const { id } of unfit) repaired.add(id);
    met.repaired += unfit.length;
  }

  async function attempt(crash: CrashPlan | undefined, run: () => Promise<unknown>): Promise<void> {
    try {
      if (await client.run(crash, run)) met.crashes++;
    } catch (error) {
      const { name, message } = error as Error;
      // BigQuery is away, or a job of dead letters fails, which the retry tells whoever runs it.
      const isOutage = /unavailable|503|is down|LoadLost|QueryFailed| failed: /i.test(`${name} ${message}`);
      if (!isOutage) throw error;
      met.outages++;
    }
  }

  async function live(all: readonly Happening[]): Promise<void> {
    await world.beginAnew(PAGES_ONLY);
    ids = { row: [], refused: [], broken: [] };
    repaired = new Set();
    for (const { afterMs, deeds } of all) {
      world.pass(afterMs);
      await Promise.all(deeds.map(act));
    }
    await world.noFaults();
    // Until everything has been counted again, however late it was seen.
    for (let ticks = 0; ticks < 40; ticks++) {
      world.pass(31 * MINUTE_MS);
      await projectWarehouse({ ...SMALL, events: 20 });
      const { pending, manifests, suspect } = (await heldProgress()).progress;
      if (ticks >= 3 && !pending && !suspect && manifests.length === 0) return;
    }
    assert.fail('it never comes to an end');
  }

  it('every event is in BigQuery once, or in a dead letter, and counted', async () => {
    await fc.assert(
      fc.asyncProperty(happenings, async (all) => {
        await live(all);
        const { loadedRows, through } = (await heldProgress()).progress;
        // What was interrupted is brought to an end, and what has been repaired is loaded.
        await retryDeadLetters(SMALL);
        const loaded = await world.loaded();
        assert.deepEqual(loaded, [...ids.row, ...repaired].sort());
        const letters = await deadLettersAfter(undefined, 1_000);
        const dead = [...ids.refused, ...ids.broken.filter((id) => !repaired.has(id))];
        assert.deepEqual(letters.map(({ letter }) => letter.id).sort(), dead.sort());
        assert.ok(loadedRows >= ids.row.length && loadedRows <= loaded.length, 'all but what a retry has loaded');
        assert.equal(through.getTime(), world.clock.now() - 2 * MINUTE_MS);
        for (const line of world.store.logs.lines.splice(0)) {
          if (line.message.startsWith('the log has events')) met.late++;
          if (line.message === 'a load failed') met[line.reason === 'invalid' ? 'narrowed' : 'jobsFailed']++;
        }
      }),
      { seed: 1, numRuns: 6, endOnFailure: true },
    );
  });

  it('which was put to the test', () => {
    for (const [name, count] of Object.entries(met)) assert.ok(count >= 3, `${name}: ${count}`);
  });
});

import assert from 'node:assert/strict';
import { Job } from '@google-cloud/bigquery';
import { projectWarehouse } from '../../../src/features/warehouse/index.ts';
import { deadLettersAfter } from '../../../src/platform/deadLetters.ts';
import { crashingClient } from '../../features/aggregation/crashes.ts';
import { broken, MINUTE_MS, record, SMALL, startWorld, views, type World } from './world.ts';

/** What goes wrong with BigQuery besides. */
const TROUBLE = [
  { name: 'nothing else', faults: {}, sides: ['before', 'after', 'twice'] as const },
  { name: 'the answer to the load lost', faults: { loseAnswers: 1 }, sides: ['before', 'after'] as const },
  { name: 'a job that fails', faults: { failLoads: 1 }, sides: ['after'] as const },
];

describe('a projection that dies', function () {
  this.timeout(60_000);
  let world: World;
  let client: ReturnType<typeof crashingClient>;
  before(async () => {
    world = await startWorld();
    client = crashingClient([[Job.prototype, 'getMetadata']]);
  });
  after(async () => {
    client?.restore();
    await world?.stop();
  });

  for (const { name, faults, sides } of TROUBLE) {
    it(`before or after any of its steps, with ${name}, has loaded each event once afterwards`, async () => {
      await world.beginAnew();
      const ids: string[] = [];
      let crashes = 0;
      for (let at = 1; at <= 7; at++) {
        for (const side of sides) {
          const own = [`${at}-${side}-1`, `${at}-${side}-2`];
          ids.push(...own);
          await record([...views(...own), ...broken(`${at}-${side}-3`)], world.clock.now());
          world.pass(3 * MINUTE_MS);
          await world.faults(faults);
          crashes += Number(await client.run({ at, side }, () => projectWarehouse(SMALL)));
        }
      }
      await world.noFaults();
      for (let ticks = 0; ticks < 3; ticks++) await projectWarehouse(SMALL);
      assert.deepEqual(await world.loaded(), ids.sort());
      assert.equal((await deadLettersAfter(undefined, 100)).length, 7 * sides.length);
      assert.ok(crashes >= 2 * sides.length, `${crashes} crashes`);
    });
  }
});

import assert from 'node:assert/strict';
import { endFirebaseApps } from '../../../../local/stack/firebase-apps.ts';
import { EVENTS } from '../../../src/core/warehouse/tables.ts';
import { projectWarehouse } from '../../../src/features/warehouse/index.ts';
import { deadLettersAfter } from '../../../src/platform/deadLetters.ts';
import { warehouseState } from '../../../src/platform/warehouse.ts';
import { broken, eachInWorld, features, letters, PAGES_ONLY, progress, SMALL, views, type World } from './world.ts';

describe('what BigQuery or our own schema refuses', function () {
  this.timeout(60_000);
  let world: World;
  eachInWorld((started) => {
    world = started;
  });

  const tick = () => projectWarehouse(SMALL);
  it('puts events that are none into dead letters without asking BigQuery, and passes them', async () => {
    await world.told([...views('a'), ...broken('b', 'c'), ...views('d')]);
    assert.deepEqual(await tick(), { rows: 2, loads: 1, complete: true });
    await world.told(broken('e'));
    assert.deepEqual(await tick(), { rows: 0, loads: 1, complete: true });
    assert.deepEqual(await world.loaded(), ['a', 'd']);
    assert.deepEqual(await letters(), [
      ['b', 'schema'],
      ['c', 'schema'],
      ['e', 'schema'],
    ]);
    const [{ letter } = assert.fail()] = await deadLettersAfter(undefined, 1);
    assert.match(letter.message, /page/);
    assert.deepEqual([letter.type, letter.jobId, letter.retries], ['page.viewed', null, 0]);
    assert.equal((await warehouseState())?.deadLetterCount, 3);
  });

  it('narrows a range down to the rows that BigQuery refuses, and loads all others', async () => {
    await world.beginAnew(PAGES_ONLY);
    await world.told([...views('a', 'b'), ...features('c'), ...views('d', 'e'), ...features('f'), ...views('g', 'h')]);
    for (let ticks = 0; ticks < 10; ticks++) await tick();
    assert.deepEqual(await world.loaded(), ['a', 'b', 'd', 'e', 'g', 'h']);
    assert.deepEqual(await letters(), [
      ['c', 'invalid'],
      ['f', 'invalid'],
    ]);
    const { suspect, pending, manifests } = await progress();
    assert.deepEqual([suspect, pending], [null, null]);
    assert.equal(
      manifests.reduce((sum, { events }) => sum + events, 0),
      8,
    );
  });

  it('waits where the table lacks a column, which is no fault of a row, and goes on once it is there', async () => {
    const older = EVENTS.columns.filter(({ name }) => name !== 'page');
    await world.beginAnew(older);
    await world.told(views('a'));
    assert.deepEqual(await tick(), { rows: 0, loads: 1, complete: false });
    const { blockedBy, lastError, pending } = await progress();
    assert.equal(blockedBy, 'the table events lacks page: run npm run warehouse:migrate');
    assert.deepEqual([lastError?.reason, pending?.attempt], ['invalid', 1]);
    assert.deepEqual(await tick(), { rows: 0, loads: 0, complete: false });
    await world.addColumns(EVENTS.columns);
    assert.deepEqual(await tick(), { rows: 1, loads: 1, complete: true });
    assert.deepEqual([await letters(), (await progress()).blockedBy], [[], null]);
  });

  it('waits where there is no table', async () => {
    await world.beginAnew(null);
    await world.told(views('a'));
    assert.equal((await tick()).complete, false);
    assert.equal((await progress()).blockedBy, 'there is no table events: run npm run warehouse:migrate');
  });

  it('waits where there is no dataset', async () => {
    process.env.WAREHOUSE_DATASET = 'nowhere';
    // Where the dataset is has been asked once and for all; another app is another instance.
    await endFirebaseApps();
    try {
      await world.told(views('a'));
      assert.deepEqual(await tick(), { rows: 0, loads: 0, complete: false });
      assert.equal((await progress()).blockedBy, 'there is no dataset: run npm run warehouse:migrate');
      assert.deepEqual(await tick(), { rows: 0, loads: 0, complete: false });
    } finally {
      process.env.WAREHOUSE_DATASET = 'dailies';
      await endFirebaseApps();
    }
    assert.deepEqual(await tick(), { rows: 1, loads: 1, complete: true });
  });
});

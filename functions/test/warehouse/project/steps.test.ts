import assert from 'node:assert/strict';
import { EVENTS } from '../../../src/core/warehouse/tables.ts';
import { projectWarehouse } from '../../../src/features/warehouse/index.ts';
import { bigQuery } from '../../../src/platform/bigquery/client.ts';
import { findLoad } from '../../../src/platform/bigquery/load.ts';
import { firestore } from '../../../src/platform/firestore.ts';
import { changeProgress, heldProgress, warehouseState } from '../../../src/platform/warehouse.ts';
import { eachInWorld, MINUTE_MS, progress, record, SMALL, views, type World } from './world.ts';

describe('the projection of the log to BigQuery', function () {
  this.timeout(60_000);
  let world: World;
  eachInWorld((started) => {
    world = started;
  });

  const now = () => world.clock.now();
  const tick = (limits = SMALL) => projectWarehouse(limits);
  const jobDone = async () => {
    for (let tries = 0; tries < 400; tries++) {
      const job = await findLoad((await progress()).pending?.jobId ?? '');
      if (job?.state !== 'running') return;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    assert.fail('the job is never done');
  };

  it('brings every event over once, column for column, and moves its cursor', async () => {
    const recordedMs = now();
    const rated = {
      ...{ id: 'c', type: 'generation.rated' as const, userKey: 'u', cellKey: 'p/m/k' },
      occurredAt: new Date(recordedMs),
      body: {
        ...{ generationId: 'g', provider: 'p', model: 'm', kind: 'text_to_video', from: null, to: 4, videoSec: 8 },
        endedAt: new Date(recordedMs - MINUTE_MS),
      },
    };
    await record([...views('a', 'b'), rated], recordedMs);
    assert.deepEqual(await tick(), { rows: 0, loads: 0, complete: true }, 'not settled yet');
    world.pass(2 * MINUTE_MS + 1);
    assert.deepEqual(await tick(), { rows: 3, loads: 1, complete: true });
    assert.deepEqual(await world.loaded(), ['a', 'b', 'c']);
    const [row] = await world.rowsOf("SELECT * FROM dailies.events WHERE event_id = 'c'");
    assert.equal(row.rating_stars, 4);
    assert.equal(row.counted_at.value, new Date(recordedMs - MINUTE_MS).toISOString());
    assert.equal(row.recorded_at.value, new Date(recordedMs).toISOString());
    const state = await warehouseState();
    assert.equal(state?.through.getTime(), recordedMs + 1);
    assert.deepEqual([state.loadedRows, state.deadLetterCount, state.position?.id], [3, 0, 'c']);
    assert.equal(state.lastLoadAt?.getTime(), now());
    world.pass(5 * MINUTE_MS);
    assert.deepEqual(await tick(), { rows: 0, loads: 0, complete: true });
    assert.deepEqual(await world.loaded(), ['a', 'b', 'c']);
  });

  it('takes no more than its limits at once, and the rest with the next tick', async () => {
    const ids = Array.from({ length: 29 }, (_, i) => `e${String(i).padStart(2, '0')}`);
    await world.told(views(...ids));
    assert.deepEqual(await tick(), { rows: 24, loads: 4, complete: false });
    const { through, manifests } = await progress();
    assert.ok(through.getTime() < now() - 3 * MINUTE_MS, 'the fifth part has the same time of record');
    assert.deepEqual(
      manifests.map(({ events, rows }) => [events, rows]),
      Array(4).fill([6, 6]),
    );
    assert.deepEqual(await tick(), { rows: 5, loads: 1, complete: true });
    assert.deepEqual(await world.loaded(), ids);
    world.pass(10 * MINUTE_MS);
    await world.told(views('z1', 'z2', 'z3'));
    assert.deepEqual(await tick({ ...SMALL, bytes: 300 }), { rows: 3, loads: 2, complete: true });
  });

  it('two ticks at the same time load each event once', async () => {
    for (const round of [1, 2, 3]) {
      await world.told(views(`${round}a`, `${round}b`, `${round}c`));
      await Promise.all([tick(), tick(), tick()]);
    }
    await tick();
    assert.deepEqual(await world.loaded(), ['1a', '1b', '1c', '2a', '2b', '2c', '3a', '3b', '3c']);
    assert.equal((await progress()).loadedRows, 9);
  });

  it('looks for the job whose answer was lost, under the same id', async () => {
    await world.told(views('a', 'b'));
    await world.faults({ loseAnswers: 1 });
    assert.deepEqual(await tick(), { rows: 2, loads: 1, complete: true });
    assert.deepEqual(await world.loaded(), ['a', 'b']);
  });

  it('waits for a slow job with the ticks that follow', async () => {
    await world.told(views('a'));
    await world.faults({ slowMs: 7 * MINUTE_MS });
    assert.deepEqual(await tick(), { rows: 0, loads: 0, complete: false });
    const { pending } = await progress();
    assert.deepEqual(await tick(), { rows: 0, loads: 0, complete: false });
    assert.equal((await progress()).pending?.jobId, pending?.jobId);
    await world.faults({ slowMs: 0 });
    world.pass(8 * MINUTE_MS);
    await jobDone();
    assert.deepEqual(await tick(), { rows: 1, loads: 1, complete: true });
    assert.deepEqual(await world.loaded(), ['a']);
  });

  it('raises the attempt of a job that failed, twice a tick, and goes on with the next', async () => {
    await world.told(views('a'));
    await world.faults({ failLoads: 3 });
    assert.deepEqual(await tick(), { rows: 0, loads: 2, complete: false });
    const { pending, lastError } = await progress();
    assert.match(pending?.jobId ?? '', /^dailies_events_[0-9a-f]{40}_2$/);
    assert.equal(lastError?.reason, 'backendError');
    assert.deepEqual(await tick(), { rows: 1, loads: 2, complete: true });
    assert.equal((await progress()).lastError, null);
    assert.deepEqual(await world.loaded(), ['a']);
  });

  it('keeps the range and its id while BigQuery is down', async () => {
    await world.told(views('a'));
    await world.faults({ down: true });
    await assert.rejects(tick(), { code: 503 });
    const { pending, lastError } = await progress();
    assert.deepEqual([pending?.attempt, lastError?.reason], [0, 'Error']);
    await world.told(views('b'));
    await world.noFaults();
    assert.deepEqual(await tick(), { rows: 2, loads: 2, complete: true });
    assert.deepEqual(await world.loaded(), ['a', 'b']);
  });

  it('loads all of it anew, into an emptied table or another dataset, where its progress is gone', async () => {
    await world.told(views('a', 'b'));
    await tick();
    await (await bigQuery()).createDataset('another');
    for (const dataset of ['dailies', 'another']) {
      world.pass(1);
      await firestore().doc('projection_state/warehouse').delete();
      process.env.WAREHOUSE_DATASET = dataset;
      const table = (await bigQuery()).dataset(dataset).table(EVENTS.name);
      await table.delete({ ignoreNotFound: true });
      await table.create({ schema: { fields: EVENTS.columns.map((column) => ({ ...column })) } });
      try {
        assert.deepEqual(await tick(), { rows: 2, loads: 1, complete: true });
      } finally {
        process.env.WAREHOUSE_DATASET = 'dailies';
      }
      assert.equal((await world.rowsOf(`SELECT event_id FROM ${dataset}.events`)).length, 2, dataset);
    }
  });

  it('does nothing where there is no warehouse', async () => {
    process.env.WAREHOUSE_DATASET = '';
    await world.told(views('a'));
    assert.deepEqual(await tick(), { rows: 0, loads: 0, complete: true });
    process.env.WAREHOUSE_DATASET = 'dailies';
    assert.equal(await warehouseState(), undefined);
  });

  it('stops, and says so, where BigQuery has loaded another number of rows', async () => {
    await world.told(views('a', 'b'));
    await world.faults({ slowMs: 1 });
    await tick();
    const held = await heldProgress();
    const { pending } = held.progress;
    assert.ok(pending);
    await changeProgress(held, { pending: { ...pending, reads: [{ events: 5, rows: 5 }] } });
    await world.faults({ slowMs: 0 });
    world.pass(1);
    await jobDone();
    await assert.rejects(tick(), { name: 'DifferentCount', message: `${pending.jobId} loaded 2 rows, and was sent 5` });
    await assert.rejects(tick(), { name: 'DifferentCount' });
    assert.equal((await progress()).lastError?.reason, 'DifferentCount');
  });
});

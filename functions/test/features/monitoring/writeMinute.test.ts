import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { bucketAt } from '../../../src/core/rollup/bucket.ts';
import { AT, type Cell, emptyCell } from '../../../src/core/rollup/cell.ts';
import { encodeCells } from '../../../src/core/rollup/codec.ts';
import { documentId } from '../../../src/core/rollup/document.ts';
import { writeMinute } from '../../../src/features/monitoring/index.ts';
import { projectionState } from '../../../src/platform/collections.ts';
import { firestore } from '../../../src/platform/firestore.ts';
import { writePoints } from '../../../src/platform/monitoring/index.ts';
import { capturedLogs, type Logs } from '../../stack/harness.ts';
import { MINUTE_MS, World } from '../alerting/world.ts';
import { type MonitoringPlace, startMonitoringPlace } from './place.ts';

describe('the minute that Cloud Monitoring is told of', function () {
  this.timeout(60_000);
  const world = new World();
  let place: MonitoringPlace;
  let logs: Logs;
  let queues: Server;

  before(async () => {
    logs = capturedLogs();
    await world.start([]);
    // Every queue is empty here.
    queues = createServer((_, response) => void response.setHeader('Content-Type', 'application/json').end('{}'));
    await new Promise<void>((done) => queues.listen(0, '127.0.0.1', done));
    process.env.CLOUD_TASKS_EMULATOR_HOST = `127.0.0.1:${(queues.address() as AddressInfo).port}`;
    place = await startMonitoringPlace(world.clock);
  });
  after(async () => {
    await place?.stop();
    await world.stop();
    queues.close();
    queues.closeAllConnections();
    logs.restore();
  });
  beforeEach(async () => {
    world.reset();
    await place.reset();
    world.clock.moveTo(Math.ceil((world.clock.now() + 1) / MINUTE_MS) * MINUTE_MS);
    await world.countUp();
  });

  /** Puts the cells of the minute that is due now in place: one with as many requests. */
  async function putDueMinute(arrivals: number): Promise<void> {
    const startMs = Math.floor(world.clock.now() / MINUTE_MS) * MINUTE_MS - 3 * MINUTE_MS;
    const cell: Cell = emptyCell();
    cell.counters[AT.arrivals] = arrivals;
    const fields = { granularity: '1m', zone: 'UTC', start: new Date(startMs), part: 'p0' };
    await firestore()
      .collection('system_performance_metrics')
      .doc(documentId(bucketAt(startMs, '1m'), 'p0'))
      .set({ ...fields, cells: encodeCells(new Map([['google/veo/text_to_video', cell]])) });
  }
  const requests = async () => (await place.series()).find(({ metric }) => metric.endsWith('/requests'))?.points ?? [];
  const ages = async () => (await place.series()).find(({ metric }) => metric.endsWith('/cursor_age'))?.points ?? [];
  async function nextMinute(): Promise<void> {
    world.clock.moveTo(world.clock.now() + MINUTE_MS);
    await world.countUp();
  }

  it('is written once, however often it is asked for', async () => {
    await putDueMinute(3);
    const first = await writeMinute();
    assert.deepEqual(first, { written: 9, early: 0, failed: 0 });
    const points = await place.points();
    for (let again = 0; again < 3; again++) assert.equal((await writeMinute()).written, 0);
    assert.deepEqual(await place.points(), points);
    assert.deepEqual(
      (await requests()).map(({ value }) => value),
      [{ int64Value: 3 }],
    );
  });

  it('is written once by two runs at the same time', async () => {
    await putDueMinute(3);
    const runs = await Promise.all([writeMinute(), writeMinute()]);
    assert.deepEqual(runs.map(({ written }) => written).sort(), [0, 9]);
    await nextMinute();
    await putDueMinute(4);
    await world.interrupted(writeMinute, async () => void (await writeMinute()));
    assert.deepEqual(
      (await requests()).map(({ value }) => value.int64Value),
      [3, 4],
    );
    assert.ok(
      !logs.lines.some(({ message }) => message === 'points were there already'),
      'the stand-in refused nothing',
    );
  });

  it('is not written by a run that dies after it has noted it, and the next goes on', async () => {
    await putDueMinute(3);
    await world.meeting({ side: 'after' }, 0, writeMinute);
    await writeMinute();
    assert.deepEqual(await place.points(), []);
    await nextMinute();
    await putDueMinute(5);
    await writeMinute();
    assert.deepEqual(
      (await requests()).map(({ value }) => value.int64Value),
      [5],
    );
  });

  it('is written by the next run after one that dies before it has noted it', async () => {
    await putDueMinute(3);
    await world.meeting({ side: 'before' }, 0, writeMinute);
    assert.deepEqual(await place.points(), []);
    await writeMinute();
    assert.equal((await requests()).length, 1);
  });

  it('is the latest alone after a pause', async () => {
    await writeMinute();
    world.clock.moveTo(world.clock.now() + 60 * MINUTE_MS);
    await world.countUp();
    await putDueMinute(7);
    await writeMinute();
    assert.deepEqual((await ages()).length, 2);
    const [only] = await requests();
    assert.deepEqual(only?.value, { int64Value: 7 });
    assert.equal(Date.parse(only?.endTime ?? ''), world.clock.now() - 2 * MINUTE_MS);
  });

  it('says how many minutes before it are not written', async () => {
    await writeMinute();
    logs.lines.length = 0;
    await nextMinute();
    await writeMinute();
    const skipped = () => logs.lines.filter(({ message }) => message === 'minutes stay unwritten');
    assert.deepEqual(skipped(), []);
    world.clock.moveTo(world.clock.now() + 4 * MINUTE_MS);
    await nextMinute();
    await writeMinute();
    assert.deepEqual(
      skipped().map(({ severity, minutes }) => [severity, minutes]),
      [['WARNING', 4]],
    );
  });

  it('says when something else writes the same series', async () => {
    await putDueMinute(3);
    await writePoints([{ metric: 'aggregation/cursor_age', labels: {}, value: 1, endMs: world.clock.now() }]);
    assert.deepEqual(await writeMinute(), { written: 8, early: 1, failed: 0 });
    assert.ok(logs.lines.some(({ severity, message }) => severity === 'WARNING' && /newer points/.test(message)));
  });

  it('is not there while the counting stands still, whose age still is', async () => {
    const stopped = world.clock.now() - 10_000;
    await writeMinute();
    for (let minute = 1; minute <= 5; minute++) {
      world.clock.moveTo(world.clock.now() + MINUTE_MS);
      await writeMinute();
    }
    assert.deepEqual(
      (await ages()).map(({ value }) => value.doubleValue),
      [10, 70, 130, 190, 250, 310],
    );
    const noted = (await projectionState('monitoring').get()).get('countedTo').toMillis();
    assert.equal(noted, Math.floor(stopped / MINUTE_MS) * MINUTE_MS);
  });

  it('is not waited for: while it cannot be sent the next one goes on', async () => {
    await writeMinute();
    await place.script({ status: 503, times: 1 });
    await nextMinute();
    assert.deepEqual(await writeMinute(), { written: 0, early: 0, failed: 8 });
    await nextMinute();
    assert.equal((await writeMinute()).failed, 0);
    assert.equal((await ages()).length, 2);
  });

  it('is of nothing before anything was ever counted', async () => {
    await projectionState('aggregate').delete();
    await writeMinute();
    const metrics = new Set((await place.series()).map(({ metric }) => metric.replace(/.*dailies\//, '')));
    assert.deepEqual([...metrics].sort(), ['alerting/episodes_open', 'queue/tasks']);
  });

  it('takes seven reads and a write', async () => {
    await writeMinute();
    await nextMinute();
    world.resetUsage();
    await writeMinute();
    const { reads, writes } = world.usage();
    assert.deepEqual({ reads, writes }, { reads: 7, writes: 1 });
    world.resetUsage();
    await writeMinute();
    assert.deepEqual(world.usage(), { reads: 2, writes: 0, deletes: 0 });
  });

  it('is not written, nor anything read, when it is switched off', async () => {
    process.env.CLOUD_MONITORING = 'false';
    world.resetUsage();
    assert.deepEqual(await writeMinute(), { written: 0, early: 0, failed: 0 });
    process.env.CLOUD_MONITORING = 'true';
    assert.deepEqual(world.usage(), { reads: 0, writes: 0, deletes: 0 });
  });
});

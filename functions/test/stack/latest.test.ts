import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { PROJECT_ID } from '../../../local/stack/project.ts';
import { report } from '../http/ingest/reports.ts';
import { type Client, clientFor, database, type QuietStack, quietStack } from './harness.ts';

/** Half past nine, so that a minute more is the same hour. */
const START = Date.parse('2024-11-01T21:30:00Z');
const MINUTE_MS = 60_000;

describe('the latest totals', function () {
  this.timeout(60_000);
  let stack: QuietStack;
  let admin: Client;
  /** Of the last summary. */
  let reads: number;

  before(async () => {
    stack = await quietStack({ startAtMs: START });
    admin = await clientFor(stack, 'admin', { role: 'admin' });
    await admin.call('POST', '/metrics/generations', report('one'));
    await stack.host.advanceBy(2 * MINUTE_MS);
  });
  after(() => stack?.stop());

  const latest = async () => (await (await database()).doc('system_performance_metrics/latest').get()).data();
  const state = async () => (await (await database()).doc('projection_state/aggregate').get()).data();
  const areOfNow = async () => (await latest())?.bucketsVersion === (await state())?.bucketsVersion;
  const arrivals = async (range: string) => {
    stack.cloud.firestore.resetUsage();
    const { status, body } = await admin.call('GET', `/summary?range=${range}`);
    assert.equal(status, 200, JSON.stringify(body));
    reads = stack.cloud.firestore.usage().total.reads;
    return body.metrics.arrivals.value;
  };
  /** A minute, and what its tick reads and writes. */
  const tick = async () => {
    stack.cloud.firestore.resetUsage();
    await stack.host.advanceBy(MINUTE_MS);
    const {
      projection_state: state,
      analytics_events: log,
      system_performance_metrics: rollups,
    } = stack.cloud.firestore.usage().byCollection;
    return {
      state: [state?.reads ?? 0, state?.writes ?? 0],
      log: log?.reads ?? 0,
      rollups: [rollups?.reads ?? 0, rollups?.writes ?? 0],
    };
  };

  it('are as of what is counted', async () => {
    assert.ok(await areOfNow());
    assert.equal(await arrivals('24h'), 1);
  });

  it('cost nothing while nothing happens, and answer all the same', async () => {
    // One write is the sweeper's; the alerts read theirs and aggregation's, and write theirs.
    assert.deepEqual(await tick(), { state: [3, 3], log: 1, rollups: [0, 0] });
    assert.equal(await arrivals('24h'), 1);
    assert.ok(reads <= 5, String(reads));
  });

  it('cost a read and a write when something was counted', async () => {
    await admin.call('POST', '/metrics/generations', report('two'));
    const { log, rollups } = await tick();
    // Two documents of each minute, quarter and hour and day that the generation's request and end are in; and the latest ranges.
    assert.deepEqual({ log, rollups }, { log: 1, rollups: [9, 9] });
    assert.equal(await arrivals('24h'), 2);
    assert.ok(reads <= 5, String(reads));
  });

  it('are read anew when the buckets were changed otherwise', async () => {
    const db = await database();
    await db.doc('system_performance_metrics/v1~1d~UTC~2024-11-01T00:00Z~head').delete();
    const env = { ...process.env, FIRESTORE_EMULATOR_HOST: stack.cloud.firestore.host };
    const day = ['--from', '2024-11-01', '--to', '2024-11-01', '--project', PROJECT_ID];
    await promisify(execFile)(process.execPath, ['scripts/rollups-rebuild.ts', ...day], { env });
    assert.ok(!(await areOfNow()));
    assert.equal(await arrivals('7d'), 2);
    assert.ok(((await tick()).rollups[0] ?? 0) > 50);
    assert.ok(await areOfNow());
    assert.equal(await arrivals('7d'), 2);
    assert.ok(reads <= 5, String(reads));
  });

  it('are read anew where the hour is another: 25 hours, and what is kept of the days', async () => {
    stack.clock.moveTo(START + 30 * MINUTE_MS);
    assert.deepEqual((await tick()).rollups, [26, 1]);
    assert.equal(await arrivals('24h'), 2);
    assert.ok(reads <= 5, String(reads));
  });

  it('move with the hours and the days', async () => {
    const counts: number[][] = [];
    for (const later of ['2024-11-02T12:00Z', '2024-11-09T12:00Z']) {
      stack.clock.moveTo(Date.parse(later));
      await tick();
      counts.push([await arrivals('30d'), await arrivals('7d'), await arrivals('24h')]);
    }
    assert.ok(reads <= 5, String(reads));
    assert.deepEqual(counts, [
      [2, 2, 0],
      [2, 0, 0],
    ]);
  });
});

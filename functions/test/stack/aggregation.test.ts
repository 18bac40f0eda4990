import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Timestamp } from 'firebase-admin/firestore';
import { PROJECT_ID } from '../../../local/stack/project.ts';
import { counter } from '../../src/core/rollup/cell.ts';
import { decodeCells, encodeCells } from '../../src/core/rollup/codec.ts';
import type { RollupEvent } from '../../src/core/rollup/contribution.ts';
import { foldEvents } from '../../src/core/rollup/fold.ts';
import { plainDocument } from '../../src/platform/firestore.ts';
import { type Client, clientFor, database, type QuietStack, quietStack, script, send } from './harness.ts';

const ZONES = ['America/New_York', 'Asia/Kathmandu'];
const MINUTE_MS = 60_000;
const DAY = ['--from', '2040-01-01', '--to', '2040-01-01'];
/** The command's clock is the real one, by which no minute of 2040 has passed. */
const withoutMinutes = (documents: Map<string, string>) =>
  new Map([...documents].filter(([id]) => !id.includes('~1m~')));

describe('the log folded into rollups', function () {
  this.timeout(60_000);
  let stack: QuietStack;
  let ann: Client;
  let bob: Client;

  before(async () => {
    stack = await quietStack({ env: { REPORTING_TIME_ZONES: ZONES.join() } });
    await send(`${stack.url}/__local/firestore/triggers/chaos`, 'POST', { duplicate: true, shuffle: true, seed: 5 });
    [ann, bob] = await Promise.all([clientFor(stack, 'ann'), clientFor(stack, 'bob')]);
    await script(
      stack,
      { match: { prompt: 'unsafe' }, times: 9, outcome: 'blocked' },
      { match: { prompt: 'broken' }, times: 9, outcome: 'error', error: { code: 3, message: 'no' } },
    );
    for (const [i, prompt] of ['fine', 'unsafe', 'broken', 'fine', 'fine', 'unsafe'].entries()) {
      const user = i % 2 === 0 ? ann : bob;
      const id = await user.generate({ prompt, ...(i === 3 && { model: 'veo-3.1-generate-001' }) });
      await stack.host.advanceBy(7 * MINUTE_MS);
      if (prompt === 'fine') {
        await user.call('PUT', `/generations/${id}/rating`, { stars: 2 });
        await user.call('PUT', `/generations/${id}/rating`, { stars: 5 });
      }
    }
    await stack.host.advanceBy(2 * MINUTE_MS);
  });
  after(() => stack?.stop());

  const allEvents = async () =>
    (await (await database()).collection('analytics_events').get()).docs.map((doc) =>
      plainDocument<RollupEvent & { id: string }>(doc.id, doc.data()),
    );
  /** Every stored rollup, by id, as text. */
  const rollups = async () => {
    const { docs } = await (await database()).collection('system_performance_metrics').get();
    const buckets = docs.filter(({ id }) => id !== 'latest');
    return new Map(buckets.map((doc) => [doc.id, Buffer.from(doc.get('cells')).toString('hex')]));
  };
  const folded = async () => {
    const { documents } = foldEvents(await allEvents(), { zones: ZONES, nowMs: stack.clock.now() });
    return new Map([...documents].map(([id, { cells }]) => [id, Buffer.from(encodeCells(cells)).toString('hex')]));
  };
  const sorted = (documents: Map<string, string>) => [...documents].sort(([a], [b]) => (a < b ? -1 : 1));
  const runAggregation = () => send(`${stack.url}/__local/schedules/aggregateEvents/run`, 'POST');

  it('minute by minute comes to the same bytes as all at once', async () => {
    assert.deepEqual(sorted(await rollups()), sorted(await folded()));
  });

  it('counts what happened', async () => {
    const doc = await (await database()).doc('system_performance_metrics/v1~1d~UTC~2040-01-01T00:00Z~head').get();
    const total = decodeCells(doc.get('cells')).get('*');
    assert.ok(total);
    const counts = (
      ['arrivals', 'succeeded', 'blocked', 'failed', 'ratings2', 'ratings5', 'acceptedVideoSec'] as const
    ).map((name) => counter(total, name));
    assert.deepEqual(counts, [6, 3, 2, 1, 0, 3, 12]);
    assert.deepEqual(total.users.count(), { value: 2, exact: true });
  });

  it('rebuilt from the log comes to the same bytes, also where something was lost or made up', async () => {
    const before = await rollups();
    const db = await database();
    await db.doc('system_performance_metrics/v1~1d~UTC~2040-01-01T00:00Z~head').delete();
    const made = {
      granularity: '1h',
      zone: 'UTC',
      start: new Date('2040-01-01T11:00Z'),
      part: 'head',
      expireAt: new Date('2041-01-01'),
    };
    const other = await db.doc('system_performance_metrics/v1~1h~UTC~2040-01-01T12:00Z~head').get();
    await db
      .doc('system_performance_metrics/v1~1h~UTC~2040-01-01T11:00Z~head')
      .set({ ...made, cells: other.get('cells') });
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['scripts/rollups-rebuild.ts', ...DAY, '--project', PROJECT_ID],
      {
        env: {
          ...process.env,
          FIRESTORE_EMULATOR_HOST: stack.cloud.firestore.host,
          REPORTING_TIME_ZONES: ZONES.join(),
        },
      },
    );
    assert.match(stdout, /^1 days, \d+ documents$/m);
    before.set('v1~1h~UTC~2040-01-01T11:00Z~head', Buffer.from(encodeCells(new Map())).toString('hex'));
    assert.deepEqual(sorted(withoutMinutes(await rollups())), sorted(withoutMinutes(before)));
  });

  it('an event that is seen long after its stamp, in minutes that had no other, is found by counting again', async () => {
    const db = await database();
    const [sample] = (await allEvents()).filter(({ type }) => type === 'generation.requested');
    assert.ok(sample);
    const { id: _id, ...event } = sample;
    await stack.host.advanceBy(6 * MINUTE_MS);
    const stampedAt = new Date(stack.clock.now() - 3 * MINUTE_MS);
    await ann.generate({ prompt: 'stamped later, seen earlier' });
    await stack.host.advanceBy(2 * MINUTE_MS);
    await db
      .collection('analytics_events')
      .doc('late.1.generation.requested')
      .set({
        ...event,
        recordedAt: Timestamp.fromDate(stampedAt),
      });
    await stack.host.advanceBy(70 * MINUTE_MS);
    await runAggregation();
    const events = await allEvents();
    const state = (await db.doc('projection_state/aggregate').get()).data();
    const [mismatch] = state?.recountMismatches ?? [];
    assert.deepEqual([state?.recountMismatchCount, mismatch?.found - mismatch?.folded], [1, 1]);
    assert.ok(mismatch.after.toMillis() < stampedAt.getTime() && mismatch.through.toMillis() >= stampedAt.getTime());
    assert.ok(events.some(({ id }) => id === 'late.1.generation.requested'));
    const [ours, whole] = [await rollups(), await folded()];
    for (const [id, bytes] of whole) if (!id.includes('~1m~')) assert.equal(ours.get(id), bytes, id);
  });
});

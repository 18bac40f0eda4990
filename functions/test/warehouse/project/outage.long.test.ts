import assert from 'node:assert/strict';
import type { BigQuery } from '@google-cloud/bigquery';
import { deleteApp, getApp, initializeApp } from 'firebase-admin/app';
import { FieldValue, type Firestore, getFirestore } from 'firebase-admin/firestore';
import { clientOf } from '../../../../local/bigquery/client.ts';
import { type Processes, startProcesses } from '../../../../local/stack/processes.ts';
import { DATASET, PROJECT_ID } from '../../../../local/stack/project.ts';
import { setFaults } from '../../../../local/test/bigquery/started.ts';
import { viewText } from '../../../../scripts/warehouse/sql.ts';
import { DEFAULT_RULES } from '../../../src/core/alert/defaultRules.ts';
import { shardOf } from '../../../src/core/shard.ts';
import { migrate } from '../../../src/features/warehouse/migrate.ts';
import { NOON, send } from '../../stack/harness.ts';

const MINUTE_MS = 60_000;
/** What is asked of BigQuery each hour is asked five minutes later. */
const START_MS = NOON + 15 * MINUTE_MS;
const QUIET = { onLogLine: () => undefined, onErrorLine: () => undefined };
const APP = 'warehouse-outage-test';

describe('BigQuery away, failing and killed in the middle of a load', function () {
  this.timeout(90_000);
  let stack: Processes;
  let db: Firestore;
  let client: BigQuery;
  let bigQueryUrl: string;
  let nowMs = START_MS;
  let written = 0;

  before(async () => {
    stack = await startProcesses({
      clock: { nowMs: START_MS, running: false },
      env: { CLOUD_MONITORING: 'false' },
      ...QUIET,
    });
    Object.assign(process.env, { FIRESTORE_EMULATOR_HOST: stack.firestoreHost, METADATA_SERVER_DETECTION: 'none' });
    db = getFirestore(initializeApp({ projectId: PROJECT_ID }, APP));
    // No rules: this is not about alerts, of which there would be some.
    await db.doc('projection_state/alerts').set({ revision: 0, seeded: DEFAULT_RULES.map(({ slug }) => slug) });
    bigQueryUrl = stack.bigQueryUrl ?? assert.fail();
    client = clientOf(bigQueryUrl, PROJECT_ID);
    await migrate(client.dataset(DATASET), { location: 'US', textOf: viewText });
  });
  after(async () => {
    await deleteApp(getApp(APP));
    delete process.env.FIRESTORE_EMULATOR_HOST;
    await stack?.stop();
  });

  /** Some events, as they come in. */
  async function happen(): Promise<void> {
    const batch = db.batch();
    for (let i = 0; i < 7; i++) {
      const id = `e${String(written++).padStart(4, '0')}`;
      batch.create(db.doc(`analytics_events/${id}`), {
        ...{ type: 'page.viewed', occurredAt: new Date(nowMs), shard: shardOf(id), userKey: 'u' },
        ...{ body: { page: '/studio' }, days: [], recordedAt: FieldValue.serverTimestamp() },
      });
    }
    await batch.commit();
  }

  const state = async (of: 'aggregate' | 'warehouse') => (await db.doc(`projection_state/${of}`).get()).data();
  const advance = async (advanceMs: number) => {
    nowMs += advanceMs;
    assert.equal((await send(`${stack.url}/__local/clock`, 'POST', { advanceMs })).status, 200);
  };

  const readClock = async () => {
    ({ nowMs } = (await send(`${stack.url}/__local/clock`)).body);
  };
  /** Of the loads of the last hour. */
  const jobIds = async (): Promise<string[]> => {
    const { manifests } = (await state('warehouse')) ?? assert.fail();
    return manifests.map(({ jobId }: { jobId: string }) => jobId);
  };

  /** Lets minutes pass in which something happens, and asserts at each step that the rollups keep up. */
  async function pass(minutes: number): Promise<void> {
    for (let passed = 0; passed < minutes; passed += 5) {
      await happen();
      await advance(5 * MINUTE_MS);
      const behindMs = nowMs - (await state('aggregate'))?.through.toMillis();
      assert.ok(behindMs <= MINUTE_MS + 10_000, `the rollups are ${behindMs} ms behind`);
    }
  }

  async function assertEachOnce(): Promise<void> {
    const [[counted]] = await client.query(
      'SELECT COUNT(*) AS events, COUNT(DISTINCT event_id) AS ids FROM dailies.events',
    );
    const inLog = (await db.collection('analytics_events').count().get()).data().count;
    assert.deepEqual([inLog, counted], [written, { events: written, ids: written }]);
    assert.equal((await state('warehouse'))?.loadedRows, written);
  }

  /** Waits, in real time, until a load stands in the middle. */
  async function stalled(): Promise<void> {
    for (let tries = 0; tries < 1_000; tries++) {
      if ((await send(`${bigQueryUrl}/__bigquery/faults`)).body.stalled > 0) return;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    assert.fail('nothing is loaded');
  }

  it('for an hour: the rollups are never late, and afterwards every event is there once', async () => {
    await pass(5);
    await setFaults(bigQueryUrl, { down: true });
    await pass(55);
    // A second less, and the insights of the hour are not asked for in vain, which takes them long.
    await advance(5 * MINUTE_MS - 1_000);
    const { pending, lastError } = (await state('warehouse')) ?? {};
    assert.deepEqual([pending.attempt, pending.reads.length], [0, 1]);
    assert.match(lastError.message, /unavailable/);
    await setFaults(bigQueryUrl, { down: false, failLoads: 3, loseAnswers: 2 });
    await pass(15);
    await advance(10 * MINUTE_MS);
    await assertEachOnce();
  });

  it('killed in the middle of a load: nothing of it is there, and it is loaded again', async () => {
    await happen();
    await setFaults(bigQueryUrl, { stallLoads: true });
    // Time stands still for the others as long as BigQuery, of which each has the time, is away.
    const passing = advance(10 * MINUTE_MS).catch(() => undefined);
    await stalled();
    const { jobId } = (await state('warehouse'))?.pending ?? assert.fail();
    await stack.killBigQuery();
    await passing;
    await stack.restartBigQuery();
    await readClock();
    await pass(15);
    await advance(10 * MINUTE_MS);
    await assertEachOnce();
    assert.ok((await jobIds()).includes(jobId.replace(/_0$/, '_1')));
  });

  it('with the functions killed in the middle of a load, which is done: it is found, and not repeated', async () => {
    await happen();
    await setFaults(bigQueryUrl, { stallLoads: true });
    const passing = advance(10 * MINUTE_MS).catch(() => undefined);
    await stalled();
    await stack.killHost();
    await passing;
    const { jobId } = (await state('warehouse'))?.pending ?? assert.fail();
    await setFaults(bigQueryUrl, { stallLoads: false });
    await stack.restartHost();
    await readClock();
    await advance(15 * MINUTE_MS);
    await assertEachOnce();
    assert.ok((await jobIds()).includes(jobId));
  });
});

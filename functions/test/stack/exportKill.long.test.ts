import assert from 'node:assert/strict';
import { deleteApp, getApp, initializeApp } from 'firebase-admin/app';
import { type Firestore, getFirestore, Timestamp } from 'firebase-admin/firestore';
import { type Processes, startProcesses } from '../../../local/stack/processes.ts';
import { PROJECT_ID } from '../../../local/stack/project.ts';
import { recordsOf } from '../http/export/download.ts';
import { textsOf } from './exportedLog.ts';
import { type Client, clientFor, NOON, send } from './harness.ts';

const EVENTS = 12_000;
const BATCH = 500;
const PAGE = 'p'.repeat(3_600);
const HOUR_MS = 3_600_000;
const idOf = (n: number) => `e${String(n).padStart(6, '0')}`;

describe('the host killed while it writes an export', function () {
  this.timeout(120_000);
  let stack: Processes;
  let analyst: Client;
  let db: Firestore;

  before(async () => {
    stack = await startProcesses({ clock: { nowMs: NOON, running: false }, onLogLine: () => undefined });
    analyst = await clientFor(stack, 'analyst', { role: 'analyst' });
    Object.assign(process.env, { FIRESTORE_EMULATOR_HOST: stack.firestoreHost, METADATA_SERVER_DETECTION: 'none' });
    db = getFirestore(initializeApp({ projectId: PROJECT_ID }, 'export-kill'));
    for (let from = 0; from < EVENTS; from += BATCH) {
      const batch = db.batch();
      for (let n = from; n < from + BATCH; n++) {
        const at = Timestamp.fromMillis(NOON - HOUR_MS + n * 250);
        batch.create(db.doc(`analytics_events/${idOf(n)}`), {
          ...{ type: 'page.viewed', recordedAt: at, occurredAt: at, shard: n % 8, userKey: 'u', body: { page: PAGE } },
        });
      }
      await batch.commit();
    }
  });
  after(async () => {
    await deleteApp(getApp('export-kill'));
    delete process.env.FIRESTORE_EMULATOR_HOST;
    await stack?.stop();
  });

  const advance = (advanceMs: number) => send(`${stack.url}/__local/clock`, 'POST', { advanceMs });
  const partsOf = async (id: string): Promise<number> => (await db.doc(`exports/${id}`).get()).get('parts').length;
  const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

  async function crash(): Promise<void> {
    await stack.killHost();
    await stack.restartHost();
  }

  /** Waits, in real time, until so many documents have been read. */
  async function reading(reads: number): Promise<void> {
    for (let tries = 0; tries < 3_000; tries++) {
      const { body } = await send(`http://${stack.firestoreHost}/__firestore/usage`);
      if (body.total.reads >= reads) return;
      await sleep(5);
    }
    assert.fail(`${reads} documents were never read`);
  }

  /** Waits, in real time, until so many parts are written. */
  async function written(id: string, parts: number): Promise<void> {
    for (let tries = 0; tries < 3_000; tries++) {
      if ((await partsOf(id)) >= parts) return;
      await sleep(10);
    }
    assert.fail(`${parts} parts were never written`);
  }

  it('goes on from the last part that was whole: every row is there once', async () => {
    const query = 'dataset=events&from=2040-01-01T11:00:00Z&to=2040-01-01T12:00:00Z';
    await send(`http://${stack.firestoreHost}/__firestore/usage/reset`, 'POST', {});
    const { status, body } = await analyst.call('GET', `/export?${query}`);
    assert.equal(status, 202, JSON.stringify(body).slice(0, 300));
    await reading(1_500);
    await crash();
    assert.equal(await partsOf(body.id), 0, 'killed in the middle of the first part');
    // It is answered when all work is done, which the crash prevents.
    const moving = advance(60_000).catch(() => undefined);
    await written(body.id, 1);
    await crash();
    await moving;
    assert.equal(await partsOf(body.id), 1, 'killed in the middle of the second part');
    for (let tries = 0; tries < 20; tries++) {
      if ((await db.doc(`exports/${body.id}`).get()).get('status') === 'done') break;
      await advance(60_000);
    }
    const { body: found } = await analyst.call('GET', `/exports/${body.id}`);
    assert.deepEqual([found.status, found.rows, found.parts.length], ['done', EVENTS, 3]);
    const ids = (await textsOf(found.parts)).flatMap(recordsOf).map((record) => record.eventId);
    assert.deepEqual(
      ids,
      Array.from({ length: EVENTS }, (_, n) => idOf(n)),
    );
  });
});

import assert from 'node:assert/strict';
import { deleteApp } from 'firebase-admin/app';
import { type Processes, startProcesses } from '../../../local/stack/processes.ts';
import { PROJECT_ID } from '../../../local/stack/project.ts';
import { encodeCells } from '../../src/core/rollup/codec.ts';
import type { RollupEvent } from '../../src/core/rollup/contribution.ts';
import { foldEvents } from '../../src/core/rollup/fold.ts';
import { portionsOf } from '../../src/features/aggregation/documents.ts';
import { STEP_LIMITS, tick } from '../../src/features/aggregation/index.ts';
import { app } from '../../src/platform/app.ts';
import { firestore, plainDocument } from '../../src/platform/firestore.ts';
import { capturedLogs, clientFor, type Logs, NOON } from './harness.ts';

const CLOCK = Symbol.for('dailies.clock');
const NOW_MS = NOON + 30_000;
const HOUR_MS = 3_600_000;
const GENERATIONS = 40;
const ZONE = 'Asia/Kathmandu';

describe('a history that comes in at once', function () {
  this.timeout(60_000);
  let stack: Processes;
  let logs: Logs;

  before(async () => {
    logs = capturedLogs();
    const ignored = () => undefined;
    const clock = { nowMs: NOON, running: false };
    stack = await startProcesses({ clock, onLogLine: ignored, onErrorLine: ignored });
    // Folding is done by this process, next to the stack.
    Object.assign(process.env, {
      FIRESTORE_EMULATOR_HOST: stack.firestoreHost,
      GCLOUD_PROJECT: PROJECT_ID,
      METADATA_SERVER_DETECTION: 'none',
      REPORTING_TIME_ZONES: ZONE,
    });
    Object.assign(globalThis, { [CLOCK]: () => NOW_MS });
    const ingest = await clientFor(stack, 'ingest', { role: 'ingest' });
    const generations = Array.from({ length: GENERATIONS }, (_, i) => ({
      ...{ source: 'history', id: `${i}`, userId: `user ${i % 7}`, provider: 'google', kind: 'text_to_video' },
      ...{ model: 'veo-3.1-generate-001', outcome: 'succeeded', videoSec: 8, videosAsked: 1 },
      requestedAt: new Date(NOON - (i + 2) * HOUR_MS).toISOString(),
      endedAt: new Date(NOON - (i + 2) * HOUR_MS + 40_000 + i).toISOString(),
    }));
    const { status, body } = await ingest.call('POST', '/metrics/generations', { generations });
    assert.equal(status, 200, JSON.stringify(body));
  });
  after(async () => {
    await deleteApp(app());
    for (const name of ['FIRESTORE_EMULATOR_HOST', 'REPORTING_TIME_ZONES']) delete process.env[name];
    Reflect.deleteProperty(globalThis, CLOCK);
    await stack?.stop();
    logs?.restore();
  });

  const clear = async () => {
    const db = firestore();
    for (const name of ['system_performance_metrics', 'projection_state']) {
      await db.recursiveDelete(db.collection(name));
    }
  };
  const matchesTheLog = async () => {
    const db = firestore();
    const events = (await db.collection('analytics_events').get()).docs.map((doc) =>
      plainDocument<RollupEvent & { id: string }>(doc.id, doc.data()),
    );
    const { documents } = foldEvents(events, { zones: [ZONE], nowMs: NOW_MS });
    assert.ok(documents.size > GENERATIONS * 3);
    for (const [id, { cells }] of documents) {
      const stored = await db.doc(`system_performance_metrics/${id}`).get();
      assert.ok(Buffer.from(encodeCells(cells)).equals(stored.get('cells')), id);
    }
  };

  it('is folded in few steps, though it touches every hour of many days', async () => {
    assert.deepEqual(Object.fromEntries(await tick()), { 1: { events: GENERATIONS, steps: 1, complete: true } });
    await matchesTheLog();
  });

  it('comes to the same in steps of fewer bytes than one event has', async () => {
    await clear();
    const done = await tick({ ...STEP_LIMITS, bytes: 1_000 });
    assert.deepEqual(Object.fromEntries(done), { 1: { events: GENERATIONS, steps: GENERATIONS, complete: true } });
    await matchesTheLog();
  });
});

describe('rollup documents in portions', () => {
  const documents = [5, 5, 5, 30, 1, 1, 1].map((bytes, i) => {
    const rest = { granularity: '1h', zone: 'UTC', start: new Date(0), part: 'head' };
    return [`${i}`, { ...rest, cells: new Uint8Array(bytes) }] as const;
  });
  const ids = (maxDocuments: number, maxBytes: number) =>
    portionsOf(documents, { documents: maxDocuments, bytes: maxBytes }).map((portion) => [...portion.keys()].join(''));

  it('of so many bytes, but at least one', () => assert.deepEqual(ids(9, 10), ['01', '2', '3', '456']));
  it('of so many documents', () => assert.deepEqual(ids(2, 1_000), ['01', '23', '45', '6']));
});

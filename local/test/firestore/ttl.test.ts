import assert from 'node:assert/strict';
import { type Firestore, Timestamp } from 'firebase-admin/firestore';
import type { MovableClock } from '../../clock.ts';
import type { RunningFirestore } from '../../firestore/index.ts';
import { type AdminStack, PROJECT, startAdminStack } from './admin.ts';
import { type RecordingHost, startRecordingHost } from './recording-host.ts';

const HOUR_MS = 3_600_000;

describe('firestore TTL', () => {
  let startMs: number;
  let stack: AdminStack;
  let clock: MovableClock;
  let server: RunningFirestore;
  let host: RecordingHost;
  let db: Firestore;

  before(async () => {
    const ttl = { collectionGroup: 'events', fieldPath: 'meta.expireAt', ttl: true, indexes: [] };
    stack = await startAdminStack({ indexes: { fieldOverrides: [ttl] } });
    ({ db, clock, firestore: server } = stack);
    startMs = clock.now();
    host = await startRecordingHost();
    server.setFunctionsHost(host.hostPort);
    const filters = { database: '(default)', namespace: '(default)', document: { value: '{all=**}' } };
    const url = `http://${server.host}/emulator/v1/projects/${PROJECT}/eventarcTrigger?eventarcTriggerId=k`;
    const registered = await fetch(url, {
      method: 'POST',
      body: JSON.stringify({ eventType: 'google.cloud.firestore.document.v1.deleted', ...filters }),
    });
    assert.equal(registered.status, 200);
  });

  after(async () => {
    await stack.stop();
    await host.stop();
  });

  it('deletes what has expired once the clock passes, billed and seen by triggers, and nothing else', async () => {
    const expireAt = (hours: number) => ({ meta: { expireAt: Timestamp.fromMillis(startMs + hours * HOUR_MS) } });
    await db.doc('events/soon').set(expireAt(0.5));
    await db.doc('users/u/events/soonToo').set(expireAt(1));
    await db.doc('events/later').set(expireAt(30));
    await db.doc('events/never').set({ meta: { expireAt: null } });
    await db.doc('events/moved').set(expireAt(0.5));
    await db.doc('events/moved').update(expireAt(100));
    await db.doc('events/text').set({ meta: { expireAt: '2020-01-01' } });
    await db.doc('other/soon').set(expireAt(0.5));
    server.resetUsage();

    clock.moveTo(startMs + HOUR_MS);
    await host.until(2);
    assert.deepEqual(host.received.map((event) => event.path).sort(), ['events/soon', 'users/u/events/soonToo']);
    const left = (await db.collectionGroup('events').get()).docs.map(({ id }) => id);
    assert.deepEqual(left.sort(), ['later', 'moved', 'never', 'text']);
    assert.equal((await db.doc('other/soon').get()).exists, true);
    assert.equal(server.usage().total.deletes, 2);

    clock.moveTo(startMs + 48 * HOUR_MS);
    await host.until(3);
    assert.equal((await db.doc('events/later').get()).exists, false);
  });

  it('works through more than one chunk', async () => {
    const expired = { meta: { expireAt: Timestamp.fromMillis(startMs) } };
    const before = host.received.length;
    for (let part = 0; part < 2; part++) {
      const batch = db.batch();
      for (let n = 0; n < 250; n++) batch.set(db.doc(`events/${part}-${n}`), expired);
      await batch.commit();
    }
    clock.moveTo(clock.now() + HOUR_MS);
    await host.until(before + 500);
    assert.equal(await server.triggersIdle(), true);
    assert.deepEqual((await db.collection('events').listDocuments()).map(({ id }) => id).sort(), [
      'moved',
      'never',
      'text',
    ]);
  });
});

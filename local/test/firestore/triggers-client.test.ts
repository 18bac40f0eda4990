import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { initializeApp } from 'firebase-admin/app';
import { FieldValue, type Firestore, Timestamp } from 'firebase-admin/firestore';
import { onDocumentCreated, onDocumentDeleted, onDocumentWritten } from 'firebase-functions/v2/firestore';
import type { RunningFirestore } from '../../firestore/index.ts';
import { endFirebaseApps } from '../../stack/firebase-apps.ts';
import { type AdminStack, PROJECT, startAdminStack } from './admin.ts';
import { type ReceivedEvent, type RecordingHost, startRecordingHost } from './recording-host.ts';

async function register(host: string, key: string, kind: string, document: string, more = {}): Promise<void> {
  const url = `http://${host}/emulator/v1/projects/${PROJECT}/eventarcTrigger?eventarcTriggerId=${key}`;
  const eventType = `google.cloud.firestore.document.v1.${kind}`;
  const filters = {
    database: '(default)',
    namespace: '(default)',
    document: { value: document, matchType: 'PATH_PATTERN' },
  };
  const response = await fetch(url, { method: 'POST', body: JSON.stringify({ eventType, ...filters, ...more }) });
  assert.equal(response.status, 200);
}

/** The event as Cloud Functions hands it to the wrapped function. */
function cloudEvent({ headers, body }: ReceivedEvent): object {
  const attributes = Object.entries(headers).filter(([name]) => name.startsWith('ce-'));
  return {
    ...Object.fromEntries(attributes.map(([name, value]) => [name.slice('ce-'.length), value])),
    datacontenttype: headers['content-type'],
    data: body,
  };
}

describe('firestore triggers through the client library', () => {
  let stack: AdminStack;
  let server: RunningFirestore;
  let host: RecordingHost;
  let db: Firestore;

  before(async () => {
    host = await startRecordingHost();
    stack = await startAdminStack();
    server = stack.firestore;
    server.setFunctionsHost(host.hostPort);
    db = stack.db;
    // firebase-functions makes its snapshots with the default app.
    initializeApp({ projectId: PROJECT });
    await register(server.host, 'written', 'written', 'generations/{id}');
    await register(server.host, 'created', 'created', 'users/{user}/posts/{post}');
    await register(server.host, 'deleted', 'deleted', 'users/{rest=**}');
  });

  beforeEach(() => {
    host.received.length = 0;
  });

  after(async () => {
    await stack.stop();
    await endFirebaseApps();
    await host.stop();
  });

  it('is read by firebase-functions: both sides, times, params, every kind of value', async () => {
    const ref = db.doc('generations/g1');
    const fields = {
      text: 'é',
      whole: 9_007_199_254_740_991,
      fraction: -0.5,
      nothing: null,
      at: new Timestamp(1_700_000_000, 123_456_000),
      raw: Buffer.from([0, 255]),
      list: [1, { deep: Number.NaN }],
      ref: db.doc('users/u'),
    };
    await ref.set(fields);
    const { writeTime } = await ref.update({ whole: FieldValue.increment(-1), 'more.inside': true });
    assert.equal(await server.triggersIdle(), true);
    assert.equal(host.received.length, 2);

    type Seen = { id: string; params: object; before: object | undefined; after: object | undefined; updated: unknown };
    const seen: Seen[] = [];
    const handler = onDocumentWritten('generations/{id}', ({ id, params, data }) => {
      seen.push({
        id,
        params,
        before: data?.before.data(),
        after: data?.after.data(),
        updated: data?.after.updateTime,
      });
    });
    for (const event of host.received) await handler(cloudEvent(event) as Parameters<typeof handler>[0]);
    const plain = (object: object | undefined) => object && { ...object, ref: (object as typeof fields).ref.path };
    assert.deepEqual(
      seen.map(({ params }) => params),
      [{ id: 'g1' }, { id: 'g1' }],
    );
    assert.equal(seen[0]?.before, undefined);
    assert.deepEqual(plain(seen[0]?.after), { ...fields, ref: 'users/u' });
    assert.deepEqual(plain(seen[1]?.before), { ...fields, ref: 'users/u' });
    const after = { ...fields, ref: 'users/u', whole: 9_007_199_254_740_990, more: { inside: true } };
    assert.deepEqual(plain(seen[1]?.after), after);
    assert.deepEqual(seen[1]?.updated, writeTime);
    assert.deepEqual(
      seen.map(({ id }) => id),
      host.received.map(({ id }) => id),
    );
    assert.deepEqual(host.received[1]?.data.updateMask, { fieldPaths: ['more', 'whole'] });
    assert.equal(new Date(String(host.received[1]?.headers['ce-time'])).getTime(), writeTime.toMillis());
  });

  it('tells created from deleted', async () => {
    await db.doc('users/u/posts/p').create({ n: 1 });
    await db.doc('users/u/posts/p').update({ n: 2 });
    await db.doc('users/u/posts/p').delete();
    assert.equal(await server.triggersIdle(), true);
    assert.deepEqual(
      host.received.map(({ triggerKey }) => triggerKey),
      ['created', 'deleted'],
    );
    const values: unknown[] = [];
    const created = onDocumentCreated('users/{user}/posts/{post}', ({ params, data }) => {
      values.push([params, data?.data()]);
    });
    const deleted = onDocumentDeleted('users/{rest=**}', ({ params, data }) => {
      values.push([params, data?.data()]);
    });
    const [first, second] = host.received;
    assert.ok(first && second);
    await created(cloudEvent(first) as Parameters<typeof created>[0]);
    await deleted(cloudEvent(second) as Parameters<typeof deleted>[0]);
    assert.deepEqual(values, [
      [{ user: 'u', post: 'p' }, { n: 1 }],
      [{ rest: 'u/posts/p' }, { n: 2 }],
    ]);
  });

  it('says nothing of writes that change nothing or fail', async () => {
    await db.doc('generations/same').set({ n: 1 });
    await server.triggersIdle();
    host.received.length = 0;
    await db.doc('generations/same').set({ n: 1 });
    await assert.rejects(db.doc('generations/same').create({ n: 2 }), /ALREADY_EXISTS/);
    await db.doc('generations/none').delete();
    await assert.rejects(
      db.batch().set(db.doc('generations/x'), {}).update(db.doc('generations/none'), { n: 1 }).commit(),
    );
    assert.equal(await server.triggersIdle(), true);
    assert.equal(host.received.length, 0);
  });

  it('sends one event for each document of a transaction', async () => {
    await db.runTransaction(async (transaction) => {
      await transaction.get(db.doc('generations/t1'));
      for (const n of [1, 2, 3]) transaction.set(db.doc(`generations/t${n}`), { n });
    });
    assert.equal(await server.triggersIdle(), true);
    const paths = host.received.map((event) => event.path);
    assert.deepEqual(paths.sort(), ['generations/t1', 'generations/t2', 'generations/t3']);
  });

  it('stays silent when documents are wiped, and goes on afterwards', async () => {
    await db.doc('generations/w').set({ n: 1 });
    assert.equal(await server.triggersIdle(), true);
    host.received.length = 0;
    const url = `http://${server.host}/emulator/v1/projects/${PROJECT}/databases/(default)/documents`;
    assert.equal((await fetch(url, { method: 'DELETE' })).status, 200);
    assert.equal((await db.doc('generations/w').get()).exists, false);
    await db.doc('generations/w').set({ n: 2 });
    server.reset();
    await db.doc('generations/w').set({ n: 3 });
    assert.equal(await server.triggersIdle(), true);
    assert.deepEqual(Object.keys(host.received.at(-1)?.data ?? {}), ['value']);
    assert.ok(host.received.every(({ data }) => 'value' in data));
  });

  it('in chaos delivers twice, with the same id', async () => {
    const url = `http://${server.host}/__firestore/triggers/chaos`;
    await fetch(url, { method: 'POST', body: JSON.stringify({ duplicate: true, shuffle: true, seed: 3 }) });
    await Promise.all(Array.from({ length: 20 }, (_, n) => db.doc(`generations/chaos${n}`).set({ n })));
    const settled = await fetch(`http://${server.host}/__firestore/triggers/settle`, { method: 'POST' });
    const { registered, ...state } = (await settled.json()) as { registered: string[] };
    assert.deepEqual(state, { settled: true, pending: 0, inFlight: 0, nextDueMs: null });
    assert.deepEqual(registered, ['written', 'created', 'deleted']);
    assert.equal(host.received.length, 40);
    assert.equal(new Set(host.received.map(({ id }) => id)).size, 20);
    await fetch(url, { method: 'POST', body: JSON.stringify({}) });
  });
});

describe('firestore triggers and SIGKILL', () => {
  it('delivers the event of every acknowledged write after a kill in the midst of writing', async () => {
    const dataDir = await mkdtemp(path.join(os.tmpdir(), 'firestore-kill-'));
    const child = spawn(process.execPath, [path.join(import.meta.dirname, 'killed-server.ts'), dataDir], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const lines = createInterface({ input: child.stdout });
    const acknowledged: string[] = [];
    let childHost: string | undefined;
    for await (const line of lines) {
      if (childHost !== undefined) acknowledged.push(line);
      else {
        childHost = line;
        // Nothing listens there, so every event stays undelivered.
        await register(childHost, 'k', 'created', 'generations/{id}', { functionsHost: '127.0.0.1:9' });
        child.stdin.write('go\n');
      }
      if (acknowledged.length === 200) child.kill('SIGKILL');
    }

    const host = await startRecordingHost();
    const stack = await startAdminStack({ dataDir });
    await register(stack.firestore.host, 'k', 'created', 'generations/{id}', { functionsHost: host.hostPort });
    assert.equal(await stack.firestore.triggersIdle(), true);
    const stored = new Set((await stack.db.collection('generations').get()).docs.map(({ ref }) => ref.path));
    assert.ok(acknowledged.length >= 200, `${acknowledged.length} acknowledged`);
    assert.deepEqual(
      acknowledged.filter((document) => !stored.has(document)),
      [],
    );
    assert.deepEqual(new Set(host.received.map((event) => event.path)), stored);
    assert.equal(host.received.length, stored.size);
    await stack.stop();
    await host.stop();
    await rm(dataDir, { recursive: true });
  });
});

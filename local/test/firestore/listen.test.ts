import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { credentials, makeGenericClientConstructor } from '@grpc/grpc-js';
import { type DocumentSnapshot, Firestore, type QuerySnapshot } from 'firebase-admin/firestore';
import { type RunningFirestore, startFirestore } from '../../firestore/index.ts';
import { firestoreService } from '../../firestore/protos.ts';
import type { ListenResponse } from '../../firestore/wire.ts';
import { type AdminStack, PROJECT, ROOT, startAdminStack } from './admin.ts';

interface Listener<Snapshot> {
  /** The next snapshot, or the error that ended the listener; rejects after 8 s. */
  next(): Promise<Snapshot>;
  /** Snapshots that came and were not taken. */
  waiting(): number;
  stop(): void;
}

type Listenable<Snapshot> = {
  onSnapshot(onNext: (snapshot: Snapshot) => void, onError?: (error: Error) => void): () => void;
};

const openListeners = new Set<() => void>();

function listen<Snapshot>(target: Listenable<Snapshot>): Listener<Snapshot> {
  const queue: (Snapshot | Error)[] = [];
  let wake: (() => void) | undefined;
  const put = (item: Snapshot | Error) => {
    queue.push(item);
    wake?.();
  };
  const stop = target.onSnapshot(put, put);
  openListeners.add(stop);
  return {
    async next() {
      const item = queue.shift();
      if (item instanceof Error) throw item;
      if (item !== undefined) return item;
      await new Promise<void>((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error('no snapshot came')), 8_000);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      return this.next();
    },
    waiting: () => queue.length,
    stop: () => {
      openListeners.delete(stop);
      stop();
    },
  };
}

const ids = (snapshot: QuerySnapshot): string[] => snapshot.docs.map((document) => document.id);
const changesOf = (snapshot: QuerySnapshot): string[] =>
  snapshot.docChanges().map(({ type, doc, oldIndex, newIndex }) => `${type} ${doc.id} ${oldIndex}>${newIndex}`);

describe('firestore listen through the client library', () => {
  let stack: AdminStack;
  let server: RunningFirestore;
  let db: Firestore;
  let collections = 0;

  before(async () => {
    stack = await startAdminStack({
      indexes: { fieldOverrides: [{ collectionGroup: 'exempted', fieldPath: 'at', indexes: [] }] },
    });
    ({ db, firestore: server } = stack);
  });

  afterEach(() => {
    for (const stop of openListeners) stop();
    openListeners.clear();
  });

  after(() => stack.stop());

  /** A collection of its own for each test. */
  const collection = () => db.collection(`c${collections++}`);

  it('follows one document from missing to there, changed and deleted', async () => {
    const ref = collection().doc('a');
    const listener = listen<DocumentSnapshot>(ref);
    assert.equal((await listener.next()).exists, false);
    await ref.set({ n: 1 });
    assert.deepEqual((await listener.next()).data(), { n: 1 });
    await ref.update({ n: 2 });
    assert.deepEqual((await listener.next()).data(), { n: 2 });
    await ref.delete();
    assert.equal((await listener.next()).exists, false);
  });

  it('keeps create and update times', async () => {
    const ref = collection().doc('a');
    const created = await ref.set({ n: 1 });
    const updated = await ref.update({ n: 2 });
    const snapshot = await listen<DocumentSnapshot>(ref).next();
    assert.deepEqual(snapshot.createTime, created.writeTime);
    assert.deepEqual(snapshot.updateTime, updated.writeTime);
  });

  it('shows what is in a collection and every later change of it', async () => {
    const c = collection();
    await c.doc('a').set({ n: 1 });
    await c.doc('b').set({ n: 2 });
    const listener = listen<QuerySnapshot>(c);
    const first = await listener.next();
    assert.deepEqual(
      [ids(first), changesOf(first)],
      [
        ['a', 'b'],
        ['added a -1>0', 'added b -1>1'],
      ],
    );
    await c.doc('aa').set({ n: 3 });
    assert.deepEqual(changesOf(await listener.next()), ['added aa -1>1']);
    await c.doc('b').update({ n: 9 });
    assert.deepEqual(changesOf(await listener.next()), ['modified b 2>2']);
    await c.doc('a').delete();
    const last = await listener.next();
    assert.deepEqual([ids(last), changesOf(last)], [['aa', 'b'], ['removed a 0>-1']]);
  });

  it('shows an empty collection as empty', async () => {
    assert.equal((await listen<QuerySnapshot>(collection()).next()).size, 0);
  });

  it('adds and removes documents as they begin and cease to match a filter', async () => {
    const c = collection();
    await c.doc('a').set({ state: 'open' });
    await c.doc('b').set({ state: 'done' });
    const listener = listen<QuerySnapshot>(c.where('state', '==', 'open'));
    assert.deepEqual(ids(await listener.next()), ['a']);
    await c.doc('b').update({ state: 'open' });
    assert.deepEqual(changesOf(await listener.next()), ['added b -1>1']);
    await c.doc('a').update({ state: 'done' });
    assert.deepEqual(changesOf(await listener.next()), ['removed a 0>-1']);
  });

  it('sorts by a field, and says where a document moved', async () => {
    const c = collection();
    for (const [id, n] of Object.entries({ a: 1, b: 2, c: 3 })) await c.doc(id).set({ n });
    const listener = listen<QuerySnapshot>(c.orderBy('n', 'desc'));
    assert.deepEqual(ids(await listener.next()), ['c', 'b', 'a']);
    await c.doc('a').update({ n: 9 });
    assert.deepEqual(changesOf(await listener.next()), ['modified a 2>0']);
  });

  it('keeps to a limit, moving documents in and out', async () => {
    const c = collection();
    for (const [id, n] of Object.entries({ a: 1, b: 2, c: 3, d: 4 })) await c.doc(id).set({ n });
    const listener = listen<QuerySnapshot>(c.orderBy('n').limit(2));
    assert.deepEqual(ids(await listener.next()), ['a', 'b']);
    await c.doc('a').delete();
    assert.deepEqual(ids(await listener.next()), ['b', 'c']);
    await c.doc('d').update({ n: 0 });
    assert.deepEqual(ids(await listener.next()), ['d', 'b']);
    await c.doc('c').update({ n: 5 });
    await c.doc('b').update({ n: 6 });
    assert.deepEqual(ids(await listener.next()), ['d', 'c']);
  });

  it('knows limitToLast', async () => {
    const c = collection();
    for (const [id, n] of Object.entries({ a: 1, b: 2, c: 3 })) await c.doc(id).set({ n });
    const listener = listen<QuerySnapshot>(c.orderBy('n').limitToLast(2));
    assert.deepEqual(ids(await listener.next()), ['b', 'c']);
    await c.doc('a').update({ n: 7 });
    assert.deepEqual(ids(await listener.next()), ['c', 'a']);
  });

  it('shows a commit of several documents at once', async () => {
    const c = collection();
    await c.doc('a').set({ n: 1 });
    const listener = listen<QuerySnapshot>(c);
    await listener.next();
    await db.batch().set(c.doc('b'), { n: 1 }).update(c.doc('a'), { n: 2 }).set(c.doc('c'), {}).commit();
    assert.deepEqual(changesOf(await listener.next()), ['added b -1>1', 'added c -1>2', 'modified a 0>0']);
    assert.equal(listener.waiting(), 0);
  });

  it('leaves alone those whom a commit does not concern', async () => {
    const [c, other] = [collection(), collection()];
    const listener = listen<QuerySnapshot>(c.where('n', '>', 5));
    await listener.next();
    await other.doc('a').set({ n: 7 });
    await c.doc('a').set({ n: 1 });
    await c.doc('sub').collection(c.id).doc('x').set({ n: 8 });
    await c.doc('b').set({ n: 6 });
    assert.deepEqual(changesOf(await listener.next()), ['added b -1>0']);
  });

  it('serves many listeners', async () => {
    const c = collection();
    const listeners = Array.from({ length: 30 }, (_, n) => listen<DocumentSnapshot>(c.doc(`d${n}`)));
    for (const listener of listeners) assert.equal((await listener.next()).exists, false);
    await Promise.all(listeners.map((_, n) => c.doc(`d${n}`).set({ n })));
    for (const [n, listener] of listeners.entries()) assert.deepEqual((await listener.next()).data(), { n });
  });

  it('ends with the reason when the query lacks an index', async () => {
    const listener = listen<QuerySnapshot>(db.collection('exempted').orderBy('at'));
    await assert.rejects(
      listener.next(),
      /^Error: Error 9: The query requires a COLLECTION_ASC index for collection exempted and field at\./,
    );
  });

  it('keeps databases apart', async () => {
    const c = collection();
    const elsewhere = stack.connect('other');
    const listener = listen<DocumentSnapshot>(elsewhere.doc(`${c.id}/a`));
    assert.equal((await listener.next()).exists, false);
    await c.doc('a').set({ n: 1 });
    await elsewhere.doc(`${c.id}/a`).set({ n: 2 });
    assert.deepEqual((await listener.next()).data(), { n: 2 });
  });

  it('bills a read for each document shown, and none after the end', async () => {
    const c = collection();
    await Promise.all(['a', 'b', 'c'].map((id) => c.doc(id).set({ n: 1 })));
    server.resetUsage();
    const listener = listen<QuerySnapshot>(c.where('n', '==', 1));
    await listener.next();
    assert.equal(server.usage().byOperation.listen?.reads, 3);
    await c.doc('d').set({ n: 1 });
    await listener.next();
    await c.doc('a').update({ n: 2 });
    await listener.next();
    await c.doc('b').delete();
    await listener.next();
    assert.equal(server.usage().byOperation.listen?.reads, 5);
    listener.stop();
    const ref = c.doc('after');
    await ref.set({ n: 1 });
    await listen<DocumentSnapshot>(ref).next();
    assert.equal(server.usage().byOperation.listen?.reads, 6);
  });

  it('shows that everything was wiped', async () => {
    const c = collection();
    await c.doc('a').set({ n: 1 });
    const [query, document] = [listen<QuerySnapshot>(c), listen<DocumentSnapshot>(c.doc('a'))];
    await Promise.all([query.next(), document.next()]);
    server.reset();
    assert.deepEqual(changesOf(await query.next()), ['removed a 0>-1']);
    assert.equal((await document.next()).exists, false);
  });

  it('goes on over a restart of the server, and shows only what changed', async () => {
    const dataDir = await mkdtemp(path.join(os.tmpdir(), 'firestore-restart-'));
    const options = { projectId: PROJECT, clock: stack.clock, dataDir };
    const first = await startFirestore(options);
    const restarting = new Firestore({ projectId: PROJECT, host: first.host, ssl: false });
    const c = restarting.collection('kept');
    await Promise.all(['a', 'b', 'c'].map((id) => c.doc(id).set({ n: 1 })));
    const listener = listen<QuerySnapshot>(c);
    assert.equal((await listener.next()).size, 3);
    await first.stop();

    const second = await startFirestore({ ...options, port: first.port });
    await restarting.batch().update(c.doc('b'), { n: 2 }).delete(c.doc('c')).commit();
    const seen: string[] = [];
    while (!seen.includes('modified b 1>1')) seen.push(...changesOf(await listener.next()));
    assert.deepEqual(seen, ['removed c 2>-1', 'modified b 1>1']);
    listener.stop();
    await restarting.terminate();
    await second.stop();
    await rm(dataDir, { recursive: true });
  });

  it('speaks the protocol in its order, and forgets a stream that is cut', async () => {
    const c = collection();
    await c.doc('a').set({ n: 1 });
    const definition = firestoreService.Listen;
    assert.ok(definition);
    const raw = new (makeGenericClientConstructor(firestoreService, 'Firestore'))(
      server.host,
      credentials.createInsecure(),
    );
    const { path: method, requestSerialize, responseDeserialize } = definition;
    const stream = raw.makeBidiStreamRequest(method, requestSerialize, responseDeserialize);
    const structuredQuery = { from: [{ collectionId: c.id }] };
    const query = { parent: ROOT, structuredQuery };
    stream.write({
      database: ROOT.replace('/documents', ''),
      addTarget: { targetId: 2, query, resumeToken: Buffer.from('x') },
    });
    const kinds: string[] = [];
    for await (const response of stream.iterator({ destroyOnReturn: false }) as AsyncIterable<ListenResponse>) {
      const { targetChange } = response;
      kinds.push(targetChange ? (targetChange.targetChangeType ?? 'NO_CHANGE') : (Object.keys(response)[0] ?? ''));
      if (targetChange?.readTime && !targetChange.targetIds?.length) break;
    }
    assert.deepEqual(kinds, ['ADD', 'RESET', 'documentChange', 'CURRENT', 'NO_CHANGE']);
    const ended = new Promise((resolve) => stream.on('error', resolve));
    stream.cancel();
    await ended;
    server.resetUsage();
    await c.doc('b').set({ n: 2 });
    assert.equal(server.usage().total.reads, 0);
    raw.close();
  });
});

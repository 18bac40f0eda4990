import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { credentials, makeGenericClientConstructor } from '@grpc/grpc-js';
import { type DocumentSnapshot, Firestore, type Query, type QuerySnapshot } from 'firebase-admin/firestore';
import { startFirestore } from '../../../firestore/index.ts';
import { firestoreService } from '../../../firestore/protos.ts';
import type { ListenResponse } from '../../../firestore/wire.ts';
import { type AdminStack, DATABASE, PROJECT, ROOT, startAdminStack, until } from '../admin.ts';

const COMMITS = 200;
const DOCUMENTS = 25;

/** What a listener has shown so far. */
interface Followed {
  /** The latest snapshot, by id. */
  state(): Record<string, unknown>;
  /** The number that each document had when it was last shown, also of those that are gone. */
  lastSeen: Map<string, number>;
  snapshots: number;
  stop(): void;
}

function follow(query: Query): Followed {
  let latest: QuerySnapshot | undefined;
  const lastSeen = new Map<string, number>();
  const followed: Followed = {
    state: () => Object.fromEntries(latest?.docs.map((document) => [document.id, document.get('n')]) ?? []),
    lastSeen,
    snapshots: 0,
    stop: query.onSnapshot((snapshot) => {
      latest = snapshot;
      followed.snapshots++;
      for (const { type, doc } of snapshot.docChanges()) if (type !== 'removed') lastSeen.set(doc.id, doc.get('n'));
    }),
  };
  return followed;
}

const contentOf = async (query: Query) =>
  Object.fromEntries((await query.get()).docs.map((document) => [document.id, document.get('n')]));

describe('firestore conformance: listeners', () => {
  let stack: AdminStack;
  let db: Firestore;
  before(async () => {
    stack = await startAdminStack();
    ({ db } = stack);
  });
  after(() => stack.stop());

  describe(`under ${COMMITS} commits`, () => {
    const collection = () => db.collection('busy');
    const queries: Record<string, () => Query> = {
      all: collection,
      some: () => collection().where('n', '>', 60),
      first: () => collection().orderBy('n', 'desc').limit(5),
      last: () => collection().orderBy('n').limitToLast(3),
    };
    const followed: Record<string, Followed> = {};
    const written = new Map<string, number>();
    let single: DocumentSnapshot | undefined;
    let stopSingle: (() => void) | undefined;

    before(async () => {
      for (const [name, query] of Object.entries(queries)) followed[name] = follow(query());
      stopSingle = db.doc('busy/d3').onSnapshot((snapshot) => {
        single = snapshot;
      });
      await until(() => Boolean(single) && Object.values(followed).every(({ snapshots }) => snapshots > 0));
      for (let n = 1; n <= COMMITS; n++) {
        const batch = db.batch();
        for (const id of [`d${n % DOCUMENTS}`, `d${(n * 7) % DOCUMENTS}`]) {
          if (n % 11 === 0) batch.delete(db.doc(`busy/${id}`));
          else batch.set(db.doc(`busy/${id}`), { n });
          if (n % 11 !== 0) written.set(id, n);
        }
        await batch.commit();
      }
      await db.doc('busy/end').set({ n: COMMITS + 1 });
      await until(() => Object.values(followed).every(({ state }) => state().end === COMMITS + 1));
    });
    after(() => {
      for (const { stop } of Object.values(followed)) stop();
      stopSingle?.();
    });

    for (const [name, query] of Object.entries(queries)) {
      it(`the listener of ${name} ends with what the query answers`, async () => {
        assert.deepEqual(followed[name]?.state(), await contentOf(query()));
      });
    }
    it('each document was shown with its last content', () => {
      written.set('end', COMMITS + 1);
      assert.deepEqual(followed.all?.lastSeen, written);
    });
    it('the listener of one document ends with its content', async () => {
      assert.equal(single?.get('n'), (await db.doc('busy/d3').get()).get('n'));
    });
    it('the order of a falling query holds', () => {
      const shown = Object.values(followed.first?.state() ?? {}).map(Number);
      assert.deepEqual(
        shown,
        [...shown].sort((a, b) => b - a),
      );
    });
  });

  describe('over a restart of the server', () => {
    it('changes made while it was away arrive, and no other', async () => {
      const dataDir = await mkdtemp(path.join(os.tmpdir(), 'firestore-away-'));
      const options = { projectId: PROJECT, clock: stack.clock, dataDir };
      const first = await startFirestore(options);
      const listening = new Firestore({ projectId: PROJECT, host: first.host, ssl: false });
      const kept = listening.collection('kept');
      await Promise.all(['a', 'b', 'c', 'd'].map((id) => kept.doc(id).set({ n: 1 })));
      const changes: string[] = [];
      let current: string[] = [];
      const stop = kept.onSnapshot((snapshot) => {
        current = snapshot.docs.map((document) => `${document.id}${document.get('n')}`);
        for (const { type, doc } of snapshot.docChanges()) changes.push(`${type} ${doc.id}`);
      });
      await until(() => changes.length === 4);
      changes.length = 0;
      await first.stop();

      const elsewhere = await startFirestore(options);
      const other = new Firestore({ projectId: PROJECT, host: elsewhere.host, ssl: false });
      await other
        .batch()
        .update(other.doc('kept/b'), { n: 2 })
        .delete(other.doc('kept/c'))
        .set(other.doc('kept/e'), { n: 1 })
        .commit();
      await other.terminate();
      await elsewhere.stop();

      const back = await startFirestore({ ...options, port: first.port });
      await until(() => current.length === 4 && changes.length === 3);
      assert.deepEqual(current, ['a1', 'b2', 'd1', 'e1']);
      assert.deepEqual(changes.sort(), ['added e', 'modified b', 'removed c']);
      await listening.doc('kept/a').update({ n: 3 });
      await until(() => current[0] === 'a3');
      stop();
      await listening.terminate();
      await back.stop();
      await rm(dataDir, { recursive: true });
    });
  });

  describe('on the wire', () => {
    const RawClient = makeGenericClientConstructor(firestoreService, 'Firestore');
    /** What a stream says to one target until it is current and consistent. */
    async function opening(target: object): Promise<ListenResponse[]> {
      const raw = new RawClient(stack.firestore.host, credentials.createInsecure());
      const definition = firestoreService.Listen ?? assert.fail();
      const stream = raw.makeBidiStreamRequest(
        definition.path,
        definition.requestSerialize,
        definition.responseDeserialize,
      );
      stream.on('error', () => {
        // It is cancelled below, and that is how it tells.
      });
      stream.write({ database: DATABASE, addTarget: { targetId: 7, ...target } });
      const responses: ListenResponse[] = [];
      for await (const response of stream.iterator({ destroyOnReturn: false }) as AsyncIterable<ListenResponse>) {
        responses.push(response);
        const { targetChange } = response;
        if (targetChange?.cause || (targetChange?.readTime && !targetChange.targetIds?.length)) break;
      }
      stream.cancel();
      raw.close();
      return responses;
    }
    const kinds = (responses: readonly ListenResponse[]) =>
      responses.map(({ targetChange, ...others }) =>
        targetChange ? (targetChange.targetChangeType ?? 'NO_CHANGE') : Object.keys(others)[0],
      );
    const query = { parent: ROOT, structuredQuery: { from: [{ collectionId: 'wire' }] } };
    before(() => db.doc('wire/a').set({ n: 1 }));

    it('a new target: what is there, then CURRENT with a resume token', async () => {
      const responses = await opening({ query });
      assert.deepEqual(kinds(responses), ['ADD', 'documentChange', 'CURRENT', 'NO_CHANGE']);
      assert.ok((responses.at(-2)?.targetChange?.resumeToken?.length ?? 0) > 0);
      assert.ok(responses.at(-1)?.targetChange?.readTime);
    });
    it('a target that resumes with a token is reset and shown all', async () => {
      const token = (await opening({ query })).at(-2)?.targetChange?.resumeToken;
      const responses = await opening({ query, resumeToken: token });
      assert.deepEqual(kinds(responses), ['ADD', 'RESET', 'documentChange', 'CURRENT', 'NO_CHANGE']);
    });
    it('a document that is missing is told as deleted', async () => {
      const responses = await opening({ documents: { documents: [`${ROOT}/wire/none`] } });
      assert.deepEqual(kinds(responses), ['ADD', 'documentDelete', 'CURRENT', 'NO_CHANGE']);
    });
    it('a target that may not be is removed with the reason', async () => {
      const orderBy = ['x', 'y'].map((fieldPath) => ({ field: { fieldPath }, direction: 'ASCENDING' }));
      const responses = await opening({
        query: { parent: ROOT, structuredQuery: { ...query.structuredQuery, orderBy } },
      });
      assert.equal(responses.at(-1)?.targetChange?.targetChangeType, 'REMOVE');
      assert.equal(responses.at(-1)?.targetChange?.cause?.code, 9);
    });
  });
});

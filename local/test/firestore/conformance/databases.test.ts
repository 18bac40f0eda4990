import assert from 'node:assert/strict';
import { FieldValue, type Firestore, Timestamp } from 'firebase-admin/firestore';
import { type AdminStack, startAdminStack, until } from '../admin.ts';

const HOUR_MS = 3_600_000;

describe('firestore conformance: databases and TTL', () => {
  let stack: AdminStack;
  let db: Firestore;
  let other: Firestore;
  before(async () => {
    const ttl = { collectionGroup: 'events', fieldPath: 'expireAt', ttl: true, indexes: [] };
    stack = await startAdminStack({ indexes: { fieldOverrides: [ttl] } });
    ({ db } = stack);
    other = stack.connect('other');
  });
  after(() => stack.stop());

  describe('a second database', () => {
    it('has its own documents', async () => {
      await db.doc('kept/a').set({ in: 'default' });
      await other.doc('kept/a').set({ in: 'other' });
      await other.doc('kept/b').set({});
      assert.deepEqual(
        [(await db.doc('kept/a').get()).get('in'), (await other.doc('kept/a').get()).get('in')],
        ['default', 'other'],
      );
      assert.deepEqual([(await db.collection('kept').get()).size, (await other.collection('kept').get()).size], [1, 2]);
      assert.equal((await db.doc('kept/b').get()).exists, false);
    });
    it('has its own collection groups and counts', async () => {
      await other.doc('x/y/groups/a').set({ n: 1 });
      assert.equal((await db.collectionGroup('groups').get()).size, 0);
      assert.equal((await other.collectionGroup('groups').count().get()).data().count, 1);
    });
    it('has its own list of collections', async () => {
      await other.doc('onlyHere/a').set({});
      const names = async (of: Firestore) => (await of.listCollections()).map(({ id }) => id);
      assert.deepEqual(
        [(await names(db)).includes('onlyHere'), (await names(other)).includes('onlyHere')],
        [false, true],
      );
    });
    it('has its own locks: transactions over one path do not wait for each other', async () => {
      const order: string[] = [];
      await db.runTransaction(async (transaction) => {
        await transaction.get(db.doc('locks/a'));
        await other.runTransaction(async (inner) => {
          const { ref } = await inner.get(other.doc('locks/a'));
          inner.set(ref, { n: FieldValue.increment(1) });
        });
        order.push('inner');
        transaction.set(db.doc('locks/a'), { n: FieldValue.increment(10) });
      });
      assert.deepEqual(order, ['inner']);
      assert.deepEqual(
        [(await db.doc('locks/a').get()).get('n'), (await other.doc('locks/a').get()).get('n')],
        [10, 1],
      );
    });
    it('has its own listeners', async () => {
      const seen: string[] = [];
      const listen = (of: Firestore, name: string) =>
        of.collection('live').onSnapshot(({ docs }) => seen.push(`${name} ${docs.map(({ id }) => id).join('')}`));
      const stops = [listen(db, 'default'), listen(other, 'other')];
      await until(() => seen.length === 2);
      await other.doc('live/a').set({});
      await until(() => seen.length === 3);
      await db.doc('live/b').set({});
      await until(() => seen.length === 4);
      for (const stop of stops) stop();
      assert.deepEqual(seen.slice(2), ['other a', 'default b']);
    });
    it('has its own TTL', async () => {
      await other.doc('events/soon').set({ expireAt: Timestamp.fromMillis(stack.clock.now() - 1) });
      stack.clock.moveTo(stack.clock.now() + HOUR_MS);
      const gone = async () => !(await other.doc('events/soon').get()).exists;
      for (let tries = 0; tries < 500 && !(await gone()); tries++);
      assert.equal(await gone(), true);
    });
  });

  describe('TTL', () => {
    it('leaves an expired document to be read, found, counted and changed until the sweep', async () => {
      const expireAt = Timestamp.fromMillis(stack.clock.now() - HOUR_MS);
      await db.doc('events/old').set({ expireAt, n: 1 });
      await db.doc('events/old').update({ n: 2 });
      assert.equal((await db.doc('events/old').get()).get('n'), 2);
      assert.equal((await db.collection('events').where('n', '==', 2).get()).size, 1);
      assert.equal((await db.collection('events').count().get()).data().count, 1);
    });
    it('a listener sees the document go as if it were deleted', async () => {
      const seen: string[] = [];
      const stop = db.collection('events').onSnapshot((snapshot) => {
        for (const { type, doc } of snapshot.docChanges()) seen.push(`${type} ${doc.id}`);
      });
      await until(() => seen.length === 1);
      stack.clock.moveTo(stack.clock.now() + HOUR_MS);
      await until(() => seen.length === 2);
      stop();
      assert.deepEqual(seen, ['added old', 'removed old']);
      assert.equal((await db.doc('events/old').get()).exists, false);
    });
    it('leaves alone what does not hold a time, and what lies ahead', async () => {
      const day = Timestamp.fromMillis(stack.clock.now() + 24 * HOUR_MS);
      const batch = db.batch();
      for (const [id, expireAt] of Object.entries({ ahead: day, number: 1, text: '2020-01-01', nothing: null })) {
        batch.set(db.doc(`events/${id}`), { expireAt });
      }
      batch.set(db.doc('events/due'), { expireAt: Timestamp.fromMillis(stack.clock.now()) });
      await batch.commit();
      stack.clock.moveTo(stack.clock.now() + HOUR_MS);
      const ids = async () => (await db.collection('events').get()).docs.map(({ id }) => id);
      for (let tries = 0; tries < 500 && (await ids()).includes('due'); tries++);
      assert.deepEqual(await ids(), ['ahead', 'nothing', 'number', 'text']);
    });
    it('its deletes are billed', () => {
      assert.equal(stack.firestore.usage().byOperation.ttl?.deletes, 3);
    });
  });
});

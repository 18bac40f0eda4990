import assert from 'node:assert/strict';
import { FieldValue } from 'firebase-admin/firestore';
import { type AdminStack, startAdminStack } from './admin.ts';

describe('firestore billing', () => {
  let stack: AdminStack;
  before(async () => {
    stack = await startAdminStack();
    await stack.firestore.bulkLoad(
      Array.from({ length: 1500 }, (_, n) => ({ path: `items/${n}`, fields: { n: { integerValue: String(n) } } })),
    );
  });
  after(() => stack.stop());
  const items = () => stack.db.collection('items');

  async function billed(work: () => Promise<unknown>): Promise<[reads: number, writes: number, deletes: number]> {
    stack.firestore.resetUsage();
    await work();
    const { reads, writes, deletes } = stack.firestore.usage().total;
    return [reads, writes, deletes];
  }

  it('bulk loading costs nothing', () =>
    assert.deepEqual(stack.firestore.usage().total, { reads: 0, writes: 0, deletes: 0 }));
  it('a document read, found or missing', async () => {
    assert.deepEqual(
      await billed(() => stack.db.getAll(stack.db.doc('items/1'), stack.db.doc('items/none'))),
      [2, 0, 0],
    );
  });
  it('a read for each document of a result, offset included', async () => {
    assert.deepEqual(await billed(() => items().orderBy('n').limit(10).get()), [10, 0, 0]);
    assert.deepEqual(await billed(() => items().orderBy('n').offset(5).limit(10).get()), [15, 0, 0]);
  });
  it('one read for an empty result', async () => {
    assert.deepEqual(await billed(() => items().where('n', '==', -1).get()), [1, 0, 0]);
  });
  it('one read for up to 1,000 counted entries', async () => {
    assert.deepEqual(await billed(() => items().count().get()), [2, 0, 0]);
    assert.deepEqual(await billed(() => items().where('n', '<', 1000).count().get()), [1, 0, 0]);
    assert.deepEqual(await billed(() => items().where('n', '<', 0).count().get()), [1, 0, 0]);
  });
  it('a write a document, transforms included, and a delete a document', async () => {
    const batch = stack.db.batch();
    batch.set(stack.db.doc('written/a'), { at: FieldValue.serverTimestamp(), n: FieldValue.increment(1) });
    batch.set(stack.db.doc('written/b'), {}).delete(stack.db.doc('written/none'));
    assert.deepEqual(await billed(() => batch.commit()), [0, 2, 1]);
  });
  it('a refused commit costs nothing', async () => {
    assert.deepEqual(
      await billed(() =>
        stack.db
          .doc('written/nope')
          .update({ n: 1 })
          .catch(() => undefined),
      ),
      [0, 0, 0],
    );
  });
  it('a transaction costs what it reads and writes', async () => {
    const work = () =>
      stack.db.runTransaction(async (transaction) => {
        const found = await transaction.get(items().where('n', '<', 3));
        transaction.set(stack.db.doc('written/sum'), { size: found.size });
      });
    assert.deepEqual(await billed(work), [3, 1, 0]);
  });
  it('is told by collection and by operation', async () => {
    await billed(async () => {
      await stack.db.doc('written/a/below/b').set({});
      await items().limit(2).get();
      await stack.db.doc('written/a').get();
    });
    const { byCollection, byOperation } = stack.firestore.usage();
    assert.deepEqual(byCollection, {
      below: { reads: 0, writes: 1, deletes: 0 },
      items: { reads: 2, writes: 0, deletes: 0 },
      written: { reads: 1, writes: 0, deletes: 0 },
    });
    assert.deepEqual(Object.keys(byOperation).sort(), ['get', 'query', 'write']);
  });
});

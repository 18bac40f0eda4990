import assert from 'node:assert/strict';
import { FieldPath, FieldValue, Timestamp } from 'firebase-admin/firestore';
import { type AdminStack, code, refusal, startAdminStack } from '../admin.ts';

describe('firestore conformance: writes', () => {
  let stack: AdminStack;
  before(async () => {
    stack = await startAdminStack();
  });
  after(() => stack.stop());
  const doc = (path: string) => stack.db.doc(path);
  const missing = () => doc(`none/d${Math.random()}`);
  const stored = async (path: string) => (await doc(path).get()).data();

  describe('preconditions', () => {
    const long = Timestamp.fromMillis(1);
    beforeEach(async () => {
      await doc('kept/a').set({ n: 1 });
    });
    const refused: Record<string, [() => Promise<unknown>, number]> = {
      'create of what is there': [() => doc('kept/a').create({ n: 2 }), code.alreadyExists],
      'update of what is missing': [() => missing().update({ n: 2 }), code.notFound],
      'update with exists of what is missing': [() => missing().update({ n: 2 }, { exists: true }), code.notFound],
      'update of another version': [
        () => doc('kept/a').update({ n: 2 }, { lastUpdateTime: long }),
        code.failedPrecondition,
      ],
      'delete with exists of what is missing': [() => missing().delete({ exists: true }), code.notFound],
      'delete without exists of what is there': [() => doc('kept/a').delete({ exists: false }), code.alreadyExists],
      'delete of another version': [() => doc('kept/a').delete({ lastUpdateTime: long }), code.failedPrecondition],
      'a batch with one of them': [
        () => stack.db.batch().set(doc('kept/a'), { n: 2 }).update(missing(), { n: 2 }).commit(),
        code.notFound,
      ],
    };
    for (const [name, [write, expected]] of Object.entries(refused)) {
      it(`refuses ${name}, and changes nothing`, async () => {
        assert.equal((await refusal(write())).code, expected);
        assert.deepEqual(await stored('kept/a'), { n: 1 });
      });
    }
    it('a batch sees its own writes: create after delete, update after create', async () => {
      const batch = stack.db
        .batch()
        .delete(doc('kept/a'))
        .create(doc('kept/a'), { n: 5 })
        .update(doc('kept/a'), { m: 6 });
      await batch.commit();
      assert.deepEqual(await stored('kept/a'), { n: 5, m: 6 });
    });
    it('an update of the version that was read goes through once', async () => {
      const { updateTime } = await doc('kept/a').get();
      assert.ok(updateTime);
      await doc('kept/a').update({ n: 2 }, { lastUpdateTime: updateTime });
      const again = await refusal(doc('kept/a').update({ n: 3 }, { lastUpdateTime: updateTime }));
      assert.equal(again.code, code.failedPrecondition);
      assert.deepEqual(await stored('kept/a'), { n: 2 });
    });
  });

  describe('merges and updates', () => {
    it('set with mergeFields removes what it names and does not have', async () => {
      await doc('merge/a').set({ a: 1, b: { c: 2, d: 3 } });
      await doc('merge/a').set({ b: { c: 5 } }, { mergeFields: ['b.c'] });
      assert.deepEqual(await stored('merge/a'), { a: 1, b: { c: 5, d: 3 } });
      await doc('merge/a').set({ b: { e: 1 } }, { mergeFields: ['b'] });
      assert.deepEqual(await stored('merge/a'), { a: 1, b: { e: 1 } });
    });
    it('update by path makes a map of what was none', async () => {
      await doc('merge/b').set({ a: 'text' });
      await doc('merge/b').update({ 'a.b.c': 1 });
      assert.deepEqual(await stored('merge/b'), { a: { b: { c: 1 } } });
    });
    it('update with FieldPath and odd names', async () => {
      await doc('merge/c').set({ 'a.b': { '`': 1, kept: 2 } });
      await doc('merge/c').update(new FieldPath('a.b', '`'), FieldValue.delete(), new FieldPath('ü\\'), 3);
      assert.deepEqual(await stored('merge/c'), { 'a.b': { kept: 2 }, 'ü\\': 3 });
    });
    it('an empty map in a merge replaces what is there', async () => {
      await doc('merge/d').set({ a: { b: 1 } });
      await doc('merge/d').set({ a: {}, c: {} }, { merge: true });
      assert.deepEqual(await stored('merge/d'), { a: {}, c: {} });
    });
  });

  describe('a BulkWriter', () => {
    it('tells each write its own fate', async () => {
      await doc('bulk/there').set({ n: 1 });
      const writer = stack.db.bulkWriter({ throttling: false });
      writer.onWriteError(() => false);
      const fate = (write: Promise<unknown>) =>
        write.then(
          () => 0,
          (error: { code: number }) => error.code,
        );
      const fates = [
        fate(writer.create(doc('bulk/there'), {})),
        fate(writer.update(doc('bulk/none'), { n: 1 })),
        fate(writer.set(doc('bulk/new'), { n: 1 })),
        fate(writer.delete(doc('bulk/gone'), { exists: true })),
        fate(writer.update(doc('bulk/time'), { n: 1 }, { lastUpdateTime: Timestamp.fromMillis(1) })),
      ];
      await writer.close();
      assert.deepEqual((await Promise.all(fates)).slice(0, 4), [code.alreadyExists, code.notFound, 0, code.notFound]);
      assert.notEqual(await fates[4], 0);
    });
    it('writes 300 documents, those for one document in their order', async () => {
      const writer = stack.db.bulkWriter({ throttling: false });
      for (let n = 0; n < 300; n++) writer.set(doc(`bulkMany/d${n}`), { n });
      writer.set(doc('bulkMany/d0'), { n: 'second' });
      await writer.close();
      assert.equal((await stack.db.collection('bulkMany').count().get()).data().count, 300);
      assert.deepEqual(await stored('bulkMany/d0'), { n: 'second' });
    });
    it('deletes a collection with all below it, and no neighbour', async () => {
      const paths = ['root/a', 'root/a/sub/b', 'root/x/sub/c', 'rooted/a'];
      for (const path of paths) await doc(path).set({});
      await stack.db.recursiveDelete(stack.db.collection('root'));
      const left = await stack.db.getAll(...paths.map(doc));
      assert.deepEqual(
        left.map(({ exists }) => exists),
        [false, false, false, true],
      );
    });
  });

  describe('reads of many', () => {
    it('getAll answers in order, missing ones and repeated ones too', async () => {
      await doc('all/a').set({ n: 1, m: { x: 1, y: 2 } });
      const found = await stack.db.getAll(doc('all/none'), doc('all/a'), doc('all/a'), { fieldMask: ['m.y'] });
      assert.deepEqual(
        found.map((one) => [one.id, one.exists, one.data()]),
        [
          ['none', false, undefined],
          ['a', true, { m: { y: 2 } }],
          ['a', true, { m: { y: 2 } }],
        ],
      );
    });
    it('listDocuments shows parents that are missing, and only those with something below', async () => {
      await doc('tree/real').set({});
      await doc('tree/phantom/below/x').set({});
      await doc('tree/gone/below/x').set({});
      await doc('tree/gone/below/x').delete();
      const listed = await stack.db.collection('tree').listDocuments();
      const exist = await Promise.all(listed.map(async (ref) => `${ref.id} ${(await ref.get()).exists}`));
      assert.deepEqual(exist, ['phantom false', 'real true']);
    });
    it('listDocuments goes on beyond one page', async () => {
      const batch = stack.db.batch();
      for (let n = 0; n < 350; n++) batch.set(doc(`paged/d${String(n).padStart(3, '0')}`), {});
      await batch.commit();
      const listed = await stack.db.collection('paged').listDocuments();
      assert.deepEqual([listed.length, listed[0]?.id, listed[349]?.id], [350, 'd000', 'd349']);
    });
    it('listCollections names what has documents, at the root and below a missing document', async () => {
      await doc('deep/none/one/x/two/y').set({});
      assert.deepEqual(
        (await doc('deep/none').listCollections()).map(({ id }) => id),
        ['one'],
      );
      assert.deepEqual(
        (await doc('deep/none/one/x').listCollections()).map(({ id }) => id),
        ['two'],
      );
      const roots = (await stack.db.listCollections()).map(({ id }) => id);
      assert.ok(roots.includes('deep') && roots.includes('tree') && !roots.includes('none'));
    });
  });
});

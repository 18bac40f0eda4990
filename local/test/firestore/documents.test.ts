import assert from 'node:assert/strict';
import { FieldValue, GeoPoint, Timestamp } from 'firebase-admin/firestore';
import { type AdminStack, ROOT, refusal, startAdminStack } from './admin.ts';

const code = { invalid: 3, notFound: 5, alreadyExists: 6, failedPrecondition: 9 };

describe('firestore documents', () => {
  let stack: AdminStack;
  before(async () => {
    stack = await startAdminStack();
  });
  after(() => stack.stop());
  const doc = (path: string) => stack.db.doc(path);

  it('keeps every type of value', async () => {
    const value = {
      text: 'größe \u{1f3ac}',
      yes: true,
      nothing: null,
      integer: 42,
      double: 1.5,
      notANumber: Number.NaN,
      time: new Timestamp(1_700_000_000, 123_456_000),
      bytes: Buffer.from([0, 1, 255]),
      place: new GeoPoint(-12.5, 0),
      reference: doc('other/one'),
      list: [1, 'two', { three: 3 }],
      map: { empty: {}, 'dotted.name': [] },
    };
    await doc('types/all').set(value);
    const stored = (await doc('types/all').get()).data();
    assert.equal(stored?.reference.path, 'other/one');
    assert.deepEqual({ ...stored, reference: undefined }, { ...value, reference: undefined });
  });

  it('keeps -0 apart from 0', async () => {
    await doc('types/zero').set({ minus: -0 });
    assert.ok(Object.is((await doc('types/zero').get()).get('minus'), -0));
  });

  it('keeps integers beyond 2^53 exactly', async () => {
    const db = stack.connect();
    db.settings({ useBigInt: true, host: stack.firestore.host, ssl: false });
    await db.doc('types/big').set({ n: 9_007_199_254_740_993n, min: -(2n ** 63n) });
    assert.deepEqual((await db.doc('types/big').get()).data(), { n: 9_007_199_254_740_993n, min: -(2n ** 63n) });
  });

  it('cuts timestamps to microseconds', async () => {
    await doc('types/nanos').set({ time: new Timestamp(1, 999_999_999) });
    assert.deepEqual((await doc('types/nanos').get()).get('time'), new Timestamp(1, 999_999_000));
  });

  it('answers a missing document as such, with a read time', async () => {
    const snapshot = await doc('nowhere/none').get();
    assert.equal(snapshot.exists, false);
    assert.equal(snapshot.readTime.toMillis(), stack.clock.now());
  });

  it('creates once', async () => {
    await doc('once/a').create({ n: 1 });
    const { code: found, message } = await refusal(doc('once/a').create({ n: 2 }));
    assert.equal(found, code.alreadyExists);
    assert.equal(message, `6 ALREADY_EXISTS: Document already exists: ${ROOT}/once/a`);
    assert.equal((await doc('once/a').get()).get('n'), 1);
  });

  it('refuses to update what is not there', async () => {
    const { code: found, message } = await refusal(doc('once/none').update({ n: 1 }));
    assert.equal(found, code.notFound);
    assert.equal(message, `5 NOT_FOUND: No document to update: ${ROOT}/once/none`);
  });

  it('replaces with set, merges with merge, and keeps what a mask does not name', async () => {
    await doc('merge/a').set({ a: 1, nested: { x: 1, y: 2 } });
    await doc('merge/a').set({ nested: { x: 10 }, b: 2 }, { merge: true });
    assert.deepEqual((await doc('merge/a').get()).data(), { a: 1, nested: { x: 10, y: 2 }, b: 2 });
    await doc('merge/a').set({ a: 5, b: 5 }, { mergeFields: ['a'] });
    assert.deepEqual((await doc('merge/a').get()).data(), { a: 5, nested: { x: 10, y: 2 }, b: 2 });
    await doc('merge/a').set({ only: true });
    assert.deepEqual((await doc('merge/a').get()).data(), { only: true });
  });

  it('updates fields by path, deletes fields, and reads quoted names', async () => {
    await doc('paths/a').set({ nested: { x: 1, 'a.b`c': 2 }, gone: 1 });
    await doc('paths/a').update({ 'nested.x': 3, 'nested.new.deep': 4, gone: FieldValue.delete() });
    assert.deepEqual((await doc('paths/a').get()).data(), { nested: { x: 3, 'a.b`c': 2, new: { deep: 4 } } });
  });

  it('merging nothing creates an empty document', async () => {
    await doc('merge/empty').set({}, { merge: true });
    assert.deepEqual((await doc('merge/empty').get()).data(), {});
  });

  it('deletes, also what is not there, unless a precondition says otherwise', async () => {
    await doc('delete/a').set({});
    await doc('delete/a').delete();
    await doc('delete/a').delete();
    assert.equal((await doc('delete/a').get()).exists, false);
    assert.equal((await refusal(doc('delete/a').delete({ exists: true }))).code, code.notFound);
  });

  it('writes only over the version that a precondition names', async () => {
    const first = await doc('version/a').set({ n: 1 });
    const second = await doc('version/a').set({ n: 2 });
    const refused = await refusal(doc('version/a').update({ n: 3 }, { lastUpdateTime: first.writeTime }));
    assert.equal(refused.code, code.failedPrecondition);
    assert.match(refused.message, /the stored version \(\d+\) does not match the required base version \(\d+\)/);
    await doc('version/a').update({ n: 3 }, { lastUpdateTime: second.writeTime });
    assert.equal((await doc('version/a').get()).get('n'), 3);
  });

  it('gives strictly rising commit times while the clock stands still, and keeps createTime', async () => {
    const writes = [];
    for (let n = 0; n < 20; n++) writes.push((await doc('times/a').set({ n })).writeTime.valueOf());
    assert.deepEqual(writes, [...new Set(writes)].sort());
    const snapshot = await doc('times/a').get();
    assert.equal(snapshot.createTime?.valueOf(), writes[0]);
    assert.equal(snapshot.updateTime?.valueOf(), writes.at(-1));
  });

  it('leaves the update time of a document that a write does not change', async () => {
    const first = await doc('same/a').set({ list: [1], map: { a: Number.NaN, b: {} } });
    const again = await doc('same/a').set({ map: { b: {}, a: Number.NaN }, list: [1] });
    assert.deepEqual(again.writeTime, first.writeTime);
    assert.notDeepEqual((await doc('same/a').set({ list: [1.5] })).writeTime, first.writeTime);
  });

  it('applies a batch as a whole or not at all', async () => {
    const batch = stack.db.batch().set(doc('batch/a'), { n: 1 }).update(doc('batch/none'), { n: 1 });
    assert.equal((await refusal(batch.commit())).code, code.notFound);
    assert.equal((await doc('batch/a').get()).exists, false);
    await stack.db.batch().set(doc('batch/a'), { n: 1 }).update(doc('batch/a'), { m: 2 }).commit();
    assert.deepEqual((await doc('batch/a').get()).data(), { n: 1, m: 2 });
  });

  it('gives one time to all documents of a commit', async () => {
    const results = await stack.db.batch().set(doc('batch/x'), {}).set(doc('batch/y'), {}).commit();
    assert.deepEqual(results[0]?.writeTime, results[1]?.writeTime);
  });

  it('reads many documents in the order asked for, with a field mask', async () => {
    await doc('many/a').set({ x: 1, y: { z: 2, w: 3 } });
    await doc('many/c').set({ x: 3 });
    const found = await stack.db.getAll(doc('many/c'), doc('many/b'), doc('many/a'), { fieldMask: ['y.z', 'x'] });
    const answers = found.map((one) => [one.id, one.data()]);
    assert.deepEqual(answers, [
      ['c', { x: 3 }],
      ['b', undefined],
      ['a', { x: 1, y: { z: 2 } }],
    ]);
  });

  it('writes each operation of a BulkWriter on its own', async () => {
    const writer = stack.db.bulkWriter({ throttling: false });
    writer.onWriteError(() => false);
    const outcomes = await Promise.all([
      writer.create(doc('bulk/a'), { n: 1 }).then(() => 'ok'),
      writer.update(doc('bulk/none'), { n: 1 }).catch((error) => error.code),
      writer.set(doc('bulk/b'), { n: 2 }).then(() => 'ok'),
      writer.close(),
    ]);
    assert.deepEqual(outcomes.slice(0, 3), ['ok', code.notFound, 'ok']);
  });

  it('lists documents that are missing but have documents below them', async () => {
    await doc('tree/real').set({});
    await doc('tree/phantom/leaves/leaf').set({});
    await doc('tree/real/leaves/other').set({});
    const listed = await stack.db.collection('tree').listDocuments();
    assert.deepEqual(
      listed.map(({ id }) => id),
      ['phantom', 'real'],
    );
    assert.deepEqual(
      (await doc('tree/phantom').listCollections()).map(({ id }) => id),
      ['leaves'],
    );
    await doc('tree/phantom/leaves/leaf').delete();
    assert.deepEqual(
      (await stack.db.collection('tree').listDocuments()).map(({ id }) => id),
      ['real'],
    );
  });

  it('deletes a tree of documents', async () => {
    for (const path of ['root/a', 'root/a/sub/b', 'root/a/sub/b/deep/c', 'roots/a']) await doc(path).set({});
    await stack.db.recursiveDelete(stack.db.collection('root'));
    const left = await stack.db.getAll(doc('root/a'), doc('root/a/sub/b'), doc('root/a/sub/b/deep/c'), doc('roots/a'));
    assert.deepEqual(
      left.map(({ exists }) => exists),
      [false, false, false, true],
    );
  });

  it('keeps several databases apart', async () => {
    const other = stack.connect('second');
    await doc('both/a').set({ from: 'default' });
    await other.doc('both/a').set({ from: 'second' });
    assert.equal((await doc('both/a').get()).get('from'), 'default');
    assert.equal((await other.collection('both').get()).docs[0]?.get('from'), 'second');
  });
});

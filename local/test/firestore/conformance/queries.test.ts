import assert from 'node:assert/strict';
import { AggregateField, FieldPath, type Firestore, type Query } from 'firebase-admin/firestore';
import { type AdminStack, code, refusal, startAdminStack } from '../admin.ts';

const { sum } = AggregateField;
const NAME = FieldPath.documentId();
const asc = (fieldPath: string) => ({ fieldPath, order: 'ASCENDING' });
const desc = (fieldPath: string) => ({ fieldPath, order: 'DESCENDING' });

describe('firestore conformance: queries', () => {
  let stack: AdminStack;
  let db: Firestore;
  before(async () => {
    const composite = (collectionGroup: string, ...fields: object[]) => ({
      collectionGroup,
      queryScope: 'COLLECTION',
      fields,
    });
    const inGroup = (collectionGroup: string, fieldPath: string) => ({
      collectionGroup,
      fieldPath,
      indexes: [{ order: 'ASCENDING', queryScope: 'COLLECTION_GROUP' }],
    });
    stack = await startAdminStack({
      indexes: {
        // limitToLast reads an index the other way round.
        indexes: [asc, desc].flatMap((a) => [asc, desc].map((b) => composite('rows', a('a'), b('b')))),
        fieldOverrides: [inGroup('branches', 'n')],
      },
    });
    ({ db } = stack);
    const rows = { p: [1, 1], q: [1, 2], r: [1, 3], s: [2, 1], t: [2, 2], u: [2, 2], v: [3, 0] };
    const batch = db.batch();
    for (const [id, [a, b]] of Object.entries(rows)) batch.set(db.doc(`rows/${id}`), { a, b });
    batch.set(db.doc('rows/w'), { a: 9 });
    await batch.commit();
  });
  after(() => stack.stop());
  const rows = () => db.collection('rows');
  const ids = async (query: Query) => (await query.get()).docs.map(({ id }) => id).join('');
  const row = (id: string) => db.doc(`rows/${id}`).get();

  describe('cursors', () => {
    const mixed = () => rows().orderBy('a').orderBy('b', 'desc');
    const both = () => rows().orderBy('a').orderBy('b');
    const cases: Record<string, [() => Query | Promise<Query>, string]> = {
      'two orders, one falling': [mixed, 'rqputsv'],
      'startAt a prefix of the orders': [() => mixed().startAt(2), 'utsv'],
      'startAfter a prefix skips all that share it': [() => mixed().startAfter(1), 'utsv'],
      'endAt a prefix includes all that share it': [() => mixed().endAt(2), 'rqputs'],
      'endBefore a prefix': [() => mixed().endBefore(2), 'rqp'],
      'all values': [() => mixed().startAt(1, 2).endBefore(2, 1), 'qput'],
      'a value between': [() => mixed().startAfter(1, 2.5), 'qputsv'],
      'startAt a document': [async () => mixed().startAt(await row('t')), 'tsv'],
      'startAfter a document, among equals': [async () => mixed().startAfter(await row('t')), 'sv'],
      'endBefore a document, among equals': [async () => mixed().endBefore(await row('u')), 'rqp'],
      'endAt a document': [async () => both().endAt(await row('t')), 'pqrst'],
      'a document in a query without orders': [async () => rows().startAfter(await row('t')), 'uvw'],
      'a document beside an inequality': [
        async () =>
          rows()
            .where('a', '>', 1)
            .startAfter(await row('s')),
        'tuvw',
      ],
      limitToLast: [() => both().limitToLast(3), 'tuv'],
      'limitToLast within cursors': [() => both().startAt(1, 2).endAt(2, 1).limitToLast(2), 'rs'],
      'limitToLast and a cursor at a document': [
        async () =>
          mixed()
            .endBefore(await row('s'))
            .limitToLast(2),
        'ut',
      ],
      'a cursor of another type begins where that type would be': [() => both().startAt('text'), ''],
      'a cursor beyond the end': [() => both().startAt(10), ''],
      'start after end': [() => both().startAt(3).endAt(1), ''],
      'offset, then limit': [() => both().offset(2).limit(2), 'rs'],
      'offset beyond the end': [() => both().offset(50), ''],
      'a falling name': [() => rows().orderBy(NAME, 'desc').startAt('t').limit(2), 'ts'],
    };
    for (const [name, [query, expected]] of Object.entries(cases)) {
      it(name, async () => assert.equal(await ids(await query()), expected));
    }
    it('orders leave out documents without one of the fields', async () =>
      assert.equal((await ids(both())).includes('w'), false));
  });

  describe('select', () => {
    it('gives fields in maps, and none that is missing', async () => {
      await db.doc('selected/a').set({ a: { b: 1, c: 2 }, d: 3 });
      const [found] = (await db.collection('selected').select('a.b', 'none').get()).docs;
      assert.deepEqual(found?.data(), { a: { b: 1 } });
    });
    it('of nothing gives names and times', async () => {
      const [found] = (await db.collection('selected').select().get()).docs;
      assert.deepEqual([found?.id, found?.data()], ['a', {}]);
      assert.ok(found?.updateTime);
    });
    it('does not change what is filtered and ordered by', async () => {
      const found = (await rows().where('a', '==', 2).select('b').get()).docs.map((one) => one.data());
      assert.deepEqual(found, [{ b: 1 }, { b: 2 }, { b: 2 }]);
    });
  });

  describe('collection groups', () => {
    before(async () => {
      const paths = [
        'a/a/branches/1',
        'a/b/a/b/branches/2',
        'a/b/branches/3',
        'a/b/c/d/branches/4',
        'a/c/branches/5',
        'branches/6',
      ];
      const others = ['branches/x/other/y', 'branchesx/7', 'a/branches', 'xbranches/8'];
      const batch = db.batch();
      for (const [n, path] of paths.entries()) batch.set(db.doc(path), { n });
      for (const path of others) batch.set(db.doc(path), { n: -1 });
      await batch.commit();
    });
    const group = () => db.collectionGroup('branches');
    it('hold every collection of that name at any depth, by path', async () =>
      assert.equal(await ids(group()), '123456'));
    it('within a range of paths', async () =>
      assert.equal(await ids(group().orderBy(NAME).startAt('a/b').endAt('a/b0')), '234'));
    it('with a filter on paths', async () =>
      assert.equal(await ids(group().where(NAME, '>', 'a/b').where(NAME, '<', 'a/b/branches/3')), '2'));
    it('ordered by a field, falling name included', async () =>
      assert.equal(await ids(group().where('n', '>', 1).limit(3)), '345'));
    it('counted', async () => assert.equal((await group().count().get()).data().count, 6));
  });

  describe('missing indexes', () => {
    const needed: Record<string, [query: () => Query, fields: object[], scope?: string]> = {
      'an equality and an order': [() => rows().where('x', '==', 1).orderBy('y', 'desc'), [asc('x'), desc('y')]],
      'a list and a range': [
        () => rows().where('tags', 'array-contains', 1).where('y', '>', 1),
        [{ fieldPath: 'tags', arrayConfig: 'CONTAINS' }, asc('y')],
      ],
      'two inequalities': [() => rows().where('x', '>', 1).where('y', '<', 1), [asc('x'), asc('y')]],
      'two orders': [() => rows().orderBy('y', 'desc').orderBy('x'), [desc('y'), asc('x')]],
      'a collection group': [
        () => db.collectionGroup('rows').where('x', '==', 1).orderBy('y'),
        [asc('x'), asc('y')],
        'COLLECTION_GROUP',
      ],
      'a sum of one field beside a filter on another': [() => rows().where('x', '==', 1), [asc('x'), asc('sum')]],
    };
    for (const [name, [query, fields, queryScope = 'COLLECTION']] of Object.entries(needed)) {
      it(`${name}: FAILED_PRECONDITION with the index and a link`, async () => {
        const isSum = name.startsWith('a sum');
        const asked = isSum
          ? query()
              .aggregate({ total: sum('sum') })
              .get()
          : query().get();
        const { code: found, message } = await refusal(asked as Promise<unknown>);
        assert.equal(found, code.failedPrecondition);
        assert.match(
          message,
          /The query requires an index\. You can create it here: https:\/\/console\.firebase\.google\.com\//,
        );
        const index = JSON.parse(message.slice(message.indexOf('{')));
        assert.deepEqual(index, { collectionGroup: 'rows', queryScope, fields });
      });
    }
    it('a field of a collection group without its own index', async () => {
      const { code: found, message } = await refusal(db.collectionGroup('rows').where('a', '==', 1).get());
      assert.equal(found, code.failedPrecondition);
      assert.match(message, /requires a COLLECTION_GROUP_ASC index for collection rows and field a/);
    });
  });
});

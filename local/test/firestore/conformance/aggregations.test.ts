import assert from 'node:assert/strict';
import { AggregateField, type Firestore, type Query } from 'firebase-admin/firestore';
import { type AdminStack, code, DATABASE, ROOT, refusal, startAdminStack } from '../admin.ts';

const { sum, average, count } = AggregateField;
const integer = (value: bigint | number) => ({ integerValue: String(value) });
const double = (doubleValue: number) => ({ doubleValue });

describe('firestore conformance: aggregations', () => {
  const numbers: Record<string, object[]> = {
    whole: [integer(1), integer(2), integer(4)],
    mixed: [integer(1), double(0.5)],
    large: [integer(2n ** 63n - 1n), integer(1)],
    exact: [integer(2n ** 53n), integer(1)],
    low: [integer(-(2n ** 63n)), integer(-1)],
    cancelling: [integer(2n ** 63n - 1n), integer(1), integer(-5)],
    nan: [integer(1), double(Number.NaN)],
    infinite: [double(Number.POSITIVE_INFINITY), double(Number.NEGATIVE_INFINITY)],
    upward: [double(Number.POSITIVE_INFINITY), integer(1)],
    other: [integer(3), { stringValue: '5' }, { nullValue: 'NULL_VALUE' }, { booleanValue: true }],
    text: [{ stringValue: '5' }],
    minusZero: [double(-0)],
  };
  let stack: AdminStack;
  let db: Firestore;
  let exact: Firestore;
  before(async () => {
    const fields = ['a', 'b'].map((fieldPath) => ({ fieldPath, order: 'ASCENDING' }));
    stack = await startAdminStack({
      indexes: { indexes: [{ collectionGroup: 'rows', queryScope: 'COLLECTION', fields }] },
    });
    ({ db } = stack);
    const pairs = { p: [1, 1], q: [1, 2], r: [1, 3], s: [2, 1], t: [2, 2], u: [2, 2], v: [3, 0] };
    const batch = db.batch();
    for (const [id, [a, b]] of Object.entries(pairs)) batch.set(db.doc(`rows/${id}`), { a, b });
    batch.set(db.doc('rows/w'), { a: 9 });
    await batch.commit();
    const writes = Object.entries(numbers).flatMap(([collection, values]) =>
      values.map((n, at) => ({ update: { name: `${ROOT}/${collection}/d${at}`, fields: { n } } })),
    );
    await stack.call('Commit', { database: DATABASE, writes });
    await db.doc('other/without').set({});
    exact = stack.connect();
    exact.settings({ useBigInt: true, host: stack.firestore.host, ssl: false });
  });
  after(() => stack.stop());
  const rows = () => db.collection('rows');

  const cases: [collection: string, total: bigint | number, mean: number | null][] = [
    ['whole', 7n, 7 / 3],
    ['mixed', 1.5, 0.75],
    ['large', 2 ** 63, 2 ** 62],
    ['exact', 2n ** 53n + 1n, 2 ** 52],
    ['low', -(2 ** 63), -(2 ** 62)],
    ['nan', Number.NaN, Number.NaN],
    ['infinite', Number.NaN, Number.NaN],
    ['upward', Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
    ['other', 3n, 3],
    ['text', 0n, null],
    ['nothing', 0n, null],
  ];
  for (const [collection, total, mean] of cases) {
    it(`sum and average: ${collection}`, async () => {
      const answer = await exact
        .collection(collection)
        .aggregate({ total: sum('n'), mean: average('n') })
        .get();
      assert.deepEqual(answer.data(), { total, mean });
    });
  }
  it('a sum that branches int64 and comes back is exact or a double', async () => {
    const { total } = (
      await exact
        .collection('cancelling')
        .aggregate({ total: sum('n') })
        .get()
    ).data();
    assert.equal(Number(total), 2 ** 63);
  });
  it('limit, offset and cursors come before', async () => {
    const answer = async (query: Query) => (await query.aggregate({ n: count(), total: sum('b') }).get()).data();
    assert.deepEqual(await answer(rows().orderBy('b').limit(3)), { n: 3, total: 2 });
    assert.deepEqual(await answer(rows().orderBy('b').offset(5)), { n: 2, total: 5 });
    assert.deepEqual(await answer(rows().orderBy('b').startAfter(1).endBefore(3)), { n: 3, total: 6 });
  });
  it('count counts what lacks the field of a sum, unless the sum is beside it', async () => {
    assert.equal((await rows().count().get()).data().count, 8);
    assert.deepEqual(
      (
        await rows()
          .aggregate({ n: count(), b: sum('b') })
          .get()
      ).data(),
      { n: 7, b: 11 },
    );
  });
  it('up to five aggregations', async () => {
    const five = { a: sum('a'), b: average('a'), c: count(), d: count(), e: sum('a') };
    assert.deepEqual((await rows().aggregate(five).get()).data(), { a: 21, b: 21 / 8, c: 8, d: 8, e: 21 });
    const { code: found } = await refusal(
      rows()
        .aggregate({ ...five, f: count() })
        .get(),
    );
    assert.equal(found, code.invalid);
  });
});

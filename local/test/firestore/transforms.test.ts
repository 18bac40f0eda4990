import assert from 'node:assert/strict';
import { FieldValue, Timestamp } from 'firebase-admin/firestore';
import { type AdminStack, ROOT, startAdminStack } from './admin.ts';

describe('firestore field transforms', () => {
  let stack: AdminStack;
  before(async () => {
    stack = await startAdminStack();
  });
  after(() => stack.stop());

  async function changed(path: string, start: object, change: object) {
    await stack.db.doc(path).set(start);
    await stack.db.doc(path).update(change as Record<string, unknown>);
    return (await stack.db.doc(path).get()).data();
  }

  it('serverTimestamp is the time of the clock, the same in a whole commit', async () => {
    const now = FieldValue.serverTimestamp();
    const batch = stack.db
      .batch()
      .set(stack.db.doc('time/a'), { at: now, in: { at: now } })
      .set(stack.db.doc('time/b'), { at: now });
    await batch.commit();
    const expected = Timestamp.fromMillis(stack.clock.now());
    assert.deepEqual((await stack.db.doc('time/a').get()).data(), { at: expected, in: { at: expected } });
    assert.deepEqual((await stack.db.doc('time/b').get()).data(), { at: expected });
  });

  it('increment adds integers and doubles, and starts where there is no number', async () => {
    const start = { whole: 1, mixed: 1, half: 0.5, text: 'x' };
    const by = { whole: FieldValue.increment(2), mixed: FieldValue.increment(0.5), half: FieldValue.increment(1) };
    const sums = await changed('inc/a', start, {
      ...by,
      text: FieldValue.increment(7),
      none: FieldValue.increment(-1),
    });
    assert.deepEqual(sums, { whole: 3, mixed: 1.5, half: 1.5, text: 7, none: -1 });
  });

  it('increment stops at the ends of int64', async () => {
    const name = `${ROOT}/inc/ends`;
    const max = String(2n ** 63n - 1n);
    const min = String(-(2n ** 63n));
    const writes = [
      { update: { name, fields: { up: { integerValue: max }, down: { integerValue: min } } } },
      {
        transform: {
          document: name,
          fieldTransforms: [
            { fieldPath: 'up', increment: { integerValue: '5' } },
            { fieldPath: 'down', increment: { integerValue: '-5' } },
          ],
        },
      },
    ];
    const database = ROOT.slice(0, ROOT.indexOf('/documents'));
    const { writeResults } = await stack.call<{ writeResults: { transformResults?: object[] }[] }>('Commit', {
      database,
      writes,
    });
    assert.deepEqual(writeResults[1]?.transformResults, [{ integerValue: max }, { integerValue: min }]);
  });

  it('maximum and minimum compare integers with doubles', async () => {
    const name = `${ROOT}/minmax/a`;
    const integer = (n: number) => ({ integerValue: String(n) });
    const fieldTransforms = [
      { fieldPath: 'low', maximum: integer(7) },
      { fieldPath: 'high', minimum: { doubleValue: 6.5 } },
      { fieldPath: 'same', maximum: { doubleValue: 3 } },
      { fieldPath: 'none', minimum: integer(9) },
    ];
    const database = ROOT.slice(0, ROOT.indexOf('/documents'));
    await stack.call('Commit', {
      database,
      writes: [
        {
          update: { name, fields: { low: integer(5), high: integer(8), same: integer(3) } },
          updateTransforms: fieldTransforms,
        },
      ],
    });
    const request = { database, documents: [name] };
    const [response] = await stack.call<{ found: { fields: object } }[]>('BatchGetDocuments', request);
    assert.deepEqual(response?.found.fields, {
      low: integer(7),
      high: { doubleValue: 6.5 },
      same: integer(3),
      none: integer(9),
    });
  });

  it('arrayUnion adds what is missing once, arrayRemove takes every equal element', async () => {
    const added = await changed(
      'array/a',
      { list: [1, { a: 1 }] },
      { list: FieldValue.arrayUnion(2, { a: 1 }, 2, 1.0) },
    );
    assert.deepEqual(added, { list: [1, { a: 1 }, 2] });
    const removed = await changed('array/b', { list: [1, 2, 1, 'x'] }, { list: FieldValue.arrayRemove(1, 'none') });
    assert.deepEqual(removed, { list: [2, 'x'] });
    assert.deepEqual(await changed('array/c', { list: 'no array' }, { list: FieldValue.arrayUnion('y') }), {
      list: ['y'],
    });
  });

  it('applies a transform after the fields of the same write', async () => {
    await stack.db.doc('both/a').set({ n: 1, at: FieldValue.increment(5) });
    await stack.db.doc('both/a').set({ n: 2, at: FieldValue.increment(5) }, { merge: true });
    assert.deepEqual((await stack.db.doc('both/a').get()).data(), { n: 2, at: 10 });
  });
});

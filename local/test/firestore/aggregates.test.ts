import assert from 'node:assert/strict';
import { AggregateField, type Query } from 'firebase-admin/firestore';
import { type AdminStack, ROOT, refusal, startAdminStack } from './admin.ts';

const DATABASE = ROOT.slice(0, ROOT.indexOf('/documents'));

describe('firestore aggregations', () => {
  let stack: AdminStack;
  before(async () => {
    stack = await startAdminStack({
      indexes: {
        indexes: [
          {
            collectionGroup: 'costs',
            queryScope: 'COLLECTION',
            fields: [
              { fieldPath: 'kind', order: 'ASCENDING' },
              { fieldPath: 'usd', order: 'ASCENDING' },
            ],
          },
        ],
      },
    });
    const costs = [
      { kind: 'a', usd: 1 },
      { kind: 'a', usd: 2 },
      { kind: 'b', usd: 4, tax: 0.5 },
      { kind: 'b', usd: 'none' },
      { kind: 'b' },
    ];
    for (const [n, cost] of costs.entries()) await stack.db.doc(`costs/${n}`).set(cost);
  });
  after(() => stack.stop());
  const costs = () => stack.db.collection('costs');
  const sum = async (query: Query, field: string) =>
    (await query.aggregate({ sum: AggregateField.sum(field) }).get()).data().sum;
  const average = async (query: Query, field: string) =>
    (await query.aggregate({ avg: AggregateField.average(field) }).get()).data().avg;

  it('counts all, filtered, limited, and with OR', async () => {
    const count = async (query: Query) => (await query.count().get()).data().count;
    assert.equal(await count(costs()), 5);
    assert.equal(await count(costs().where('kind', '==', 'b')), 3);
    assert.equal(await count(costs().where('kind', '==', 'b').limit(2)), 2);
    assert.equal(await count(costs().offset(4)), 1);
    assert.equal(await count(costs().where('kind', 'in', ['a', 'b'])), 5);
    assert.equal(await count(costs().where('usd', '>', 1)), 2);
    assert.equal(await count(costs().orderBy('usd').startAfter(1)), 3);
  });

  it('sums and averages numbers only', async () => {
    assert.equal(await sum(costs(), 'usd'), 7);
    assert.equal(await average(costs(), 'usd'), 7 / 3);
    assert.equal(await sum(costs().where('kind', '==', 'a'), 'usd'), 3);
  });

  it('nothing sums to 0 and averages to null', async () => {
    assert.equal(await sum(costs(), 'missing'), 0);
    assert.equal(await average(costs(), 'missing'), null);
  });

  it('several aggregations see only documents that have all of their fields', async () => {
    const both = { count: AggregateField.count(), usd: AggregateField.sum('usd'), tax: AggregateField.sum('tax') };
    const stack2 = await startAdminStack({
      indexes: {
        indexes: [
          {
            collectionGroup: 'costs',
            queryScope: 'COLLECTION',
            fields: [
              { fieldPath: 'usd', order: 'ASCENDING' },
              { fieldPath: 'tax', order: 'ASCENDING' },
            ],
          },
        ],
      },
    });
    await stack2.db.doc('costs/a').set({ usd: 4, tax: 0.5 });
    await stack2.db.doc('costs/b').set({ usd: 8 });
    const answer = (await stack2.db.collection('costs').aggregate(both).get()).data();
    await stack2.stop();
    assert.deepEqual(answer, { count: 1, usd: 4, tax: 0.5 });
  });

  it('a filtered sum needs an index that holds its field', async () => {
    assert.equal((await refusal(sum(costs().where('kind', '==', 'b'), 'tax'))).code, 9);
  });

  it('NaN makes the sum NaN, and integers beyond int64 make it a double', async () => {
    await stack.db.doc('odd/a').set({ n: 1 });
    await stack.db.doc('odd/b').set({ n: Number.NaN });
    assert.ok(Number.isNaN(await sum(stack.db.collection('odd'), 'n')));
    const max = { integerValue: String(2n ** 63n - 1n) };
    const writes = ['a', 'b'].map((id) => ({ update: { name: `${ROOT}/huge/${id}`, fields: { n: max } } }));
    await stack.call('Commit', { database: DATABASE, writes });
    assert.equal(await sum(stack.db.collection('huge'), 'n'), 2 ** 64);
  });
});

import assert from 'node:assert/strict';
import { AggregateField, Filter, type Query } from 'firebase-admin/firestore';
import { type AdminStack, code, refusal, startAdminStack } from '../admin.ts';

const { or, where } = Filter;
const asc = (fieldPath: string) => ({ fieldPath, order: 'ASCENDING' });
const desc = (fieldPath: string) => ({ fieldPath, order: 'DESCENDING' });
const tags = { fieldPath: 'tags', arrayConfig: 'CONTAINS' };

describe('firestore conformance: explain', () => {
  let stack: AdminStack;
  before(async () => {
    const composite = (queryScope: string, ...fields: object[]) => ({ collectionGroup: 'takes', queryScope, fields });
    stack = await startAdminStack({
      indexes: {
        indexes: [
          composite('COLLECTION', asc('kind'), desc('n')),
          composite('COLLECTION', tags, asc('n')),
          composite('COLLECTION_GROUP', asc('kind'), asc('n')),
        ],
      },
    });
    const batch = stack.db.batch();
    for (let n = 0; n < 10; n++) {
      batch.set(stack.db.doc(`takes/t${n}`), { n, kind: n % 2 ? 'odd' : 'even', good: n < 4, tags: [`t${n % 3}`] });
    }
    await batch.commit();
  });
  after(() => stack.stop());
  const takes = (): Query => stack.db.collection('takes');

  const plans: Record<string, [query: () => Query, indexes: string[]]> = {
    'a whole collection': [takes, ['Collection (__name__ ASC)']],
    'a whole collection, falling': [() => takes().orderBy('__name__', 'desc'), ['Collection (__name__ DESC)']],
    'an order': [() => takes().orderBy('n', 'desc'), ['Collection (n DESC, __name__ DESC)']],
    'an equality': [() => takes().where('kind', '==', 'odd'), ['Collection (kind ASC, __name__ ASC)']],
    'an element of a list': [
      () => takes().where('tags', 'array-contains', 't1'),
      ['Collection (tags ARRAY_CONTAINS, __name__ ASC)'],
    ],
    'a composite index': [
      () => takes().where('kind', '==', 'odd').orderBy('n', 'desc'),
      ['Collection (kind ASC, n DESC, __name__ DESC)'],
    ],
    'a composite index with a list': [
      () => takes().where('tags', 'array-contains', 't1').where('n', '>', 1),
      ['Collection (tags ARRAY_CONTAINS, n ASC, __name__ ASC)'],
    ],
    'a collection group': [
      () => stack.db.collectionGroup('takes').where('kind', '==', 'odd').orderBy('n'),
      ['Collection group (kind ASC, n ASC, __name__ ASC)'],
    ],
    'two merged indexes': [
      () => takes().where('kind', '==', 'odd').where('good', '==', true),
      ['Collection (good ASC, __name__ ASC)', 'Collection (kind ASC, __name__ ASC)'],
    ],
    'each side of !=': [() => takes().where('n', '!=', 4), Array(2).fill('Collection (n ASC, __name__ ASC)')],
    'each stretch of not-in': [
      () => takes().where('n', 'not-in', [1, 5]),
      Array(3).fill('Collection (n ASC, __name__ ASC)'),
    ],
    'each value of in': [() => takes().where('n', 'in', [1, 5, 7]), Array(3).fill('Collection (n ASC, __name__ ASC)')],
    'each side of an OR': [
      () => takes().where(or(where('n', '==', 1), where('good', '==', true))),
      ['Collection (good ASC, __name__ ASC)', 'Collection (n ASC, __name__ ASC)'],
    ],
  };
  for (const [name, [query, indexes]] of Object.entries(plans)) {
    it(`plans ${name}`, async () => {
      const { metrics, snapshot } = await query().explain();
      const used = metrics.planSummary.indexesUsed.map((index) => `${index.query_scope} ${index.properties}`);
      assert.deepEqual(used.sort(), indexes);
      assert.equal(snapshot, null);
      assert.equal(metrics.executionStats, null);
    });
  }

  it('only plans: nothing is read but the one operation that it costs', async () => {
    stack.firestore.resetUsage();
    await takes().explain({ analyze: false });
    assert.deepEqual(stack.firestore.usage().total, { reads: 1, writes: 0, deletes: 0 });
  });

  it('with analyze runs the query and says what that took', async () => {
    stack.firestore.resetUsage();
    const { metrics, snapshot } = await takes().where('n', '>=', 7).explain({ analyze: true });
    assert.deepEqual(
      snapshot?.docs.map(({ id }) => id),
      ['t7', 't8', 't9'],
    );
    const { resultsReturned, readOperations, executionDuration, debugStats } = metrics.executionStats ?? {};
    assert.deepEqual([resultsReturned, readOperations, executionDuration?.seconds], [3, 3, 0]);
    assert.deepEqual(debugStats, {
      index_entries_scanned: '3',
      documents_scanned: '3',
      billing_details: { documents_billable: '3', index_entries_billable: '0', small_ops: '0', min_query_cost: '0' },
    });
    assert.equal(stack.firestore.usage().total.reads, 3);
  });

  it('counts what an offset skips, and no result as one read', async () => {
    const skipped = (await takes().orderBy('n').offset(4).limit(2).explain({ analyze: true })).metrics.executionStats;
    assert.deepEqual([skipped?.resultsReturned, skipped?.readOperations], [2, 6]);
    const empty = await takes().where('n', '>', 99).explain({ analyze: true });
    assert.equal(empty.snapshot?.size, 0);
    assert.deepEqual(
      [empty.metrics.executionStats?.resultsReturned, empty.metrics.executionStats?.readOperations],
      [0, 1],
    );
    const billing = empty.metrics.executionStats?.debugStats.billing_details;
    assert.deepEqual(billing, {
      documents_billable: '0',
      index_entries_billable: '0',
      small_ops: '0',
      min_query_cost: '1',
    });
  });

  it('counts the entries that a merge of two indexes walks over', async () => {
    const merge = takes().where('kind', '==', 'odd').where('good', '==', true);
    const { metrics, snapshot } = await merge.explain({ analyze: true });
    assert.deepEqual(
      snapshot?.docs.map(({ id }) => id),
      ['t1', 't3'],
    );
    const { index_entries_scanned: scanned, documents_scanned: documents } = metrics.executionStats?.debugStats ?? {};
    assert.equal(documents, '2');
    assert.ok(Number(scanned) >= 4 && Number(scanned) <= 9, `${scanned} entries`);
  });

  it('explains an aggregation', async () => {
    const sum = takes()
      .where('n', '>', 0)
      .aggregate({ total: AggregateField.sum('n'), count: AggregateField.count() });
    const planned = await sum.explain();
    assert.deepEqual(planned.metrics.planSummary.indexesUsed, [
      { query_scope: 'Collection', properties: '(n ASC, __name__ ASC)' },
    ]);
    assert.equal(planned.snapshot, null);
    const analyzed = await sum.explain({ analyze: true });
    assert.deepEqual(analyzed.snapshot?.data(), { total: 45, count: 9 });
    const { resultsReturned, readOperations, debugStats } = analyzed.metrics.executionStats ?? {};
    assert.deepEqual([resultsReturned, readOperations, debugStats?.index_entries_scanned], [1, 1, '9']);
  });

  it('streams documents and metrics', async () => {
    const parts: unknown[] = [];
    for await (const part of takes().where('good', '==', true).explainStream({ analyze: true })) parts.push(part);
    const items = parts as { document?: { id: string }; metrics?: { executionStats: { resultsReturned: number } } }[];
    assert.deepEqual(
      items.flatMap(({ document }) => document?.id ?? []),
      ['t0', 't1', 't2', 't3'],
    );
    assert.deepEqual(
      items.flatMap(({ metrics }) => metrics?.executionStats.resultsReturned ?? []),
      [4],
    );
  });

  it('refuses a query without its index, planned or run', async () => {
    const query = takes().where('good', '==', true).orderBy('n');
    for (const analyze of [false, true]) {
      const { code: found, message } = await refusal(query.explain({ analyze }));
      assert.equal(found, code.failedPrecondition);
      assert.match(message, /The query requires an index/);
    }
  });
});

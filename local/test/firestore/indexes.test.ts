import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type AdminStack, refusal, startAdminStack } from './admin.ts';

const FAILED_PRECONDITION = 9;

describe('firestore indexes', () => {
  let stack: AdminStack;
  before(async () => {
    stack = await startAdminStack({
      indexes: {
        fieldOverrides: [
          { collectionGroup: 'logs', fieldPath: 'at', indexes: [] },
          { collectionGroup: 'logs', fieldPath: 'cell', indexes: [] },
        ],
      },
    });
    await stack.db.doc('logs/a').set({ at: 1, level: 'info', cell: { inner: 1 } });
  });
  after(() => stack.stop());
  const logs = () => stack.db.collection('logs');

  it('a query without its composite index fails and says what to add', async () => {
    const { code, message } = await refusal(logs().where('level', '==', 'info').orderBy('count', 'desc').get());
    assert.equal(code, FAILED_PRECONDITION);
    assert.match(
      message,
      /^9 FAILED_PRECONDITION: The query requires an index\. You can create it here: https:\/\/console\.firebase\.google\.com\//,
    );
    const fields = [
      { fieldPath: 'level', order: 'ASCENDING' },
      { fieldPath: 'count', order: 'DESCENDING' },
    ];
    assert.deepEqual(JSON.parse(message.slice(message.indexOf('{'))), {
      collectionGroup: 'logs',
      queryScope: 'COLLECTION',
      fields,
    });
  });

  it('the index it asks for is the one that is needed', async () => {
    const queries = [
      (db: AdminStack['db']) => db.collection('logs').where('level', '==', 'info').orderBy('count', 'desc'),
      (db: AdminStack['db']) => db.collection('logs').where('tags', 'array-contains', 'x').where('count', '>', 1),
      (db: AdminStack['db']) => db.collection('logs').orderBy('level').orderBy('count', 'desc'),
      (db: AdminStack['db']) => db.collection('logs').where('count', '>', 1).where('size', '<', 5),
      (db: AdminStack['db']) => db.collectionGroup('logs').where('level', '==', 'info').orderBy('count'),
      (db: AdminStack['db']) => db.collection('logs').orderBy('count').orderBy('__name__', 'desc'),
    ];
    const needed = await Promise.all(
      queries.map(async (query) => {
        const { message } = await refusal(query(stack.db).get());
        return JSON.parse(message.slice(message.indexOf('{')));
      }),
    );
    const indexed = await startAdminStack({ indexes: { indexes: needed } });
    await indexed.db.doc('logs/a').set({ level: 'info', count: 2, size: 1, tags: ['x'] });
    const found = await Promise.all(queries.map(async (query) => (await query(indexed.db).get()).size));
    await indexed.stop();
    assert.deepEqual(found, [1, 1, 1, 1, 1, 1]);
  });

  it('an exempted field cannot be filtered or ordered by, nor can a field below it', async () => {
    for (const query of [logs().where('at', '>', 0), logs().orderBy('at'), logs().where('cell.inner', '==', 1)]) {
      const { code, message } = await refusal(query.get());
      assert.equal(code, FAILED_PRECONDITION);
      assert.match(message, /The query requires a COLLECTION_ASC index for collection logs and field (at|cell\.inner)/);
    }
    assert.equal((await logs().where('level', '==', 'info').get()).size, 1);
  });

  it('a collection group cannot be filtered without a group index', async () => {
    const { code, message } = await refusal(stack.db.collectionGroup('logs').where('level', '==', 'info').get());
    assert.equal(code, FAILED_PRECONDITION);
    assert.match(message, /requires a COLLECTION_GROUP_ASC index for collection logs and field level/);
  });

  it('a refused query is refused inside a transaction and as an aggregation, too', async () => {
    const query = logs().where('at', '>', 0);
    assert.equal((await refusal(query.count().get())).code, FAILED_PRECONDITION);
    assert.equal(
      (await refusal(stack.db.runTransaction((transaction) => transaction.get(query)))).code,
      FAILED_PRECONDITION,
    );
  });

  it('entries follow updates and deletes', async () => {
    const query = stack.db.collection('moves').where('state', '==', 'open');
    await stack.db.doc('moves/a').set({ state: 'open' });
    assert.equal((await query.get()).size, 1);
    await stack.db.doc('moves/a').update({ state: 'closed' });
    assert.equal((await query.get()).size, 0);
    await stack.db.doc('moves/a').update({ state: 'open' });
    await stack.db.doc('moves/a').delete();
    assert.equal((await query.get()).size, 0);
  });

  it('a changed index file rebuilds the entries of documents that are already there', async () => {
    const dataDir = mkdtempSync(path.join(tmpdir(), 'firestore-data-'));
    const before = await startAdminStack({ dataDir });
    await before.db.doc('logs/a').set({ level: 'info', count: 2 });
    await before.stop();
    const fields = [
      { fieldPath: 'level', order: 'ASCENDING' },
      { fieldPath: 'count', order: 'ASCENDING' },
    ];
    const after = await startAdminStack({
      dataDir,
      indexes: { indexes: [{ collectionGroup: 'logs', queryScope: 'COLLECTION', fields }] },
    });
    const found = await after.db.collection('logs').where('level', '==', 'info').orderBy('count').get();
    await after.stop();
    rmSync(dataDir, { recursive: true });
    assert.deepEqual(
      found.docs.map(({ id }) => id),
      ['a'],
    );
  });
});

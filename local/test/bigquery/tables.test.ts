import assert from 'node:assert/strict';
import { loadRows, NOW_MS, type Started, startWithClient } from './started.ts';

const ID = { name: 'id', type: 'STRING', mode: 'REQUIRED' };
const AT = { name: 'at', type: 'TIMESTAMP', mode: 'REQUIRED' };
const MS = { name: 'ms', type: 'INT64' };
const SCHEMA = [ID, AT, MS];
const LAYOUT = { timePartitioning: { type: 'DAY', field: 'at' }, clustering: { fields: ['id'] } };

describe('bigquery: datasets and tables', () => {
  let started: Started;
  before(async () => {
    started = await startWithClient();
  });
  after(() => started.stop());

  it('creates, finds, changes, lists and deletes datasets', async () => {
    const { client } = started;
    await client.createDataset('one', { labels: { a: 'b' } });
    await assert.rejects(client.createDataset('one'), {
      code: 409,
      errors: [{ reason: 'duplicate', message: 'Already Exists: Dataset demo-warehouse:one', domain: 'global' }],
    });
    await client.dataset('one').setMetadata({ description: 'first' });
    const [metadata] = await client.dataset('one').getMetadata();
    assert.deepEqual(
      [metadata.description, metadata.labels, metadata.creationTime],
      ['first', { a: 'b' }, String(NOW_MS)],
    );
    assert.deepEqual(await client.dataset('none').exists(), [false]);
    await client.dataset('one').createTable('t', { schema: SCHEMA });
    await assert.rejects(client.dataset('one').delete(), { code: 400, message: /still in use/ });
    await client.dataset('one').delete({ force: true });
    assert.deepEqual(
      (await client.getDatasets())[0].map(({ id }) => id),
      [],
    );
    await assert.rejects(client.createDataset('a-b'), { code: 400, message: /Invalid dataset ID/ });
  });

  it('keeps partitioning and clustering, and says what was loaded', async () => {
    const dataset = await fresh('kept');
    const [table] = await dataset.createTable('t', { schema: SCHEMA, description: 'events', ...LAYOUT });
    await loadRows(started.client, ['kept', 't'], [{ id: 'a', at: '2026-03-01T00:00:00Z' }]);
    const [metadata] = await table.getMetadata();
    assert.deepEqual(metadata.timePartitioning, LAYOUT.timePartitioning);
    assert.deepEqual(metadata.clustering, LAYOUT.clustering);
    assert.deepEqual([metadata.numRows, metadata.numBytes, metadata.type], ['1', '38', 'TABLE']);
    assert.deepEqual(metadata.schema.fields[2], { name: 'ms', type: 'INTEGER', mode: 'NULLABLE' });
  });

  const wrongTables: [string, object, RegExp][] = [
    ['a type that is not known', { schema: [{ name: 'a', type: 'GEOGRAPHY' }] }, /does not know the type GEOGRAPHY/],
    ['a field twice', { schema: 'a:STRING,A:STRING' }, /appears more than once/],
    ['no schema', {}, /no fields/],
    [
      'partitioning by a text',
      { schema: SCHEMA, timePartitioning: { type: 'DAY', field: 'id' } },
      /must be a TIMESTAMP or DATE/,
    ],
    ['partitioning by arrival', { schema: SCHEMA, timePartitioning: { type: 'DAY' } }, /partitions by a field/],
    ['five clustered fields', { schema: SCHEMA, clustering: { fields: ['id', 'at', 'ms', 'a', 'b'] } }, /1 to 4/],
    ['a setting that is not known', { schema: SCHEMA, rangePartitioning: {} }, /does not know rangePartitioning/],
  ];
  for (const [name, metadata, message] of wrongTables) {
    it(`refuses a table with ${name}, and creates none`, async () => {
      const dataset = started.client.dataset('wrong');
      if (!(await dataset.exists())[0]) await dataset.create();
      await assert.rejects(dataset.createTable('t', metadata), { code: 400, message });
      assert.deepEqual((await dataset.getTables())[0], []);
    });
  }

  it('adds and relaxes fields, and refuses every other change', async () => {
    const dataset = await fresh('changes');
    const [table] = await dataset.createTable('t', { schema: SCHEMA, ...LAYOUT });
    await loadRows(started.client, ['changes', 't'], [{ id: 'a', at: '2026-03-01T00:00:00Z' }]);
    const added = { name: 'extra', type: 'JSON' };
    await table.setMetadata({ schema: { fields: [ID, { ...AT, mode: 'NULLABLE' }, MS, added] } });
    await loadRows(started.client, ['changes', 't'], [{ id: 'b', extra: [1] }]);
    const [rows] = await table.query('SELECT id, extra FROM changes.t ORDER BY id');
    assert.deepEqual(rows, [
      { id: 'a', extra: null },
      { id: 'b', extra: '[1]' },
    ]);
    const relaxed = { ...AT, mode: 'NULLABLE' };
    const refused: [object[], RegExp][] = [
      [[ID, relaxed, MS], /Field extra is missing/],
      [[ID, relaxed, { name: 'ms', type: 'STRING' }, added], /ms has changed type from INTEGER to STRING/],
      [[ID, AT, MS, added], /at has changed mode from NULLABLE to REQUIRED/],
      [[ID, relaxed, MS, added, { name: 'x', type: 'STRING', mode: 'REQUIRED' }], /Cannot add required fields/],
    ];
    for (const [fields, message] of refused) {
      await assert.rejects(table.setMetadata({ schema: { fields } }), { code: 400, message });
    }
    const byMonth = { timePartitioning: { type: 'MONTH', field: 'at' } };
    await assert.rejects(table.setMetadata(byMonth), { code: 400, message: /Cannot convert the partitioning/ });
    await assert.rejects(table.setMetadata({ clustering: { fields: ['extra'] } }), {
      code: 400,
      message: /clustered by/,
    });
    await table.setMetadata({ clustering: { fields: ['ms'] } });
    const [metadata] = await table.getMetadata();
    assert.deepEqual([metadata.schema.fields.length, metadata.clustering], [4, { fields: ['ms'] }]);
  });

  it('answers views by their query, views of views too', async () => {
    const dataset = await fresh('views');
    await dataset.createTable('t', { schema: SCHEMA });
    const view = (query: string) => ({ view: { query, useLegacySql: false } });
    await dataset.createTable('long', view('SELECT id, ms FROM `demo-warehouse.views.t` WHERE ms > 10'));
    await dataset.createTable('counted', view('SELECT COUNT(*) AS n, SUM(ms) AS ms FROM views.long'));
    const at = '2026-03-01T00:00:00Z';
    await loadRows(
      started.client,
      ['views', 't'],
      [
        { id: 'a', at, ms: 5 },
        { id: 'b', at, ms: 50 },
        { id: 'c', at, ms: 60 },
      ],
    );
    const [rows] = await started.client.query({
      query: 'SELECT c.n, c.ms FROM counted AS c',
      defaultDataset: { datasetId: 'views' },
    });
    assert.deepEqual(rows, [{ n: 2, ms: 110 }]);
    const [metadata] = await dataset.table('counted').getMetadata();
    assert.deepEqual([metadata.type, metadata.schema.fields[0].name], ['VIEW', 'n']);
    await assert.rejects(dataset.createTable('bad', view('SELECT nope FROM views.t')), {
      code: 400,
      message: /Unrecognized name: nope/,
    });
    await assert.rejects(loadRows(started.client, ['views', 'long'], [{ id: 'x' }]).then(failureOf), /is a view/);
  });

  async function fresh(datasetId: string) {
    const [dataset] = await started.client.createDataset(datasetId);
    return dataset;
  }
});

function failureOf(job: { metadata: { status?: { errorResult?: { message?: string } } } }): never {
  throw new Error(job.metadata.status?.errorResult?.message ?? 'the job did not fail');
}

import assert from 'node:assert/strict';
import { type Started, startWithClient } from '../../../local/test/bigquery/started.ts';
import { viewText } from '../../../scripts/warehouse/sql.ts';
import { EVENTS, VIEWS } from '../../src/core/warehouse/tables.ts';
import { CannotMigrate, migrate } from '../../src/features/warehouse/migrate.ts';

describe('warehouse: migration', () => {
  let started: Started;
  before(async () => {
    started = await startWithClient();
  });
  after(() => started.stop());

  async function run(name: string, options: { dryRun?: boolean; location?: string } = {}) {
    const steps: string[] = [];
    const onStep = (text: string) => steps.push(text);
    await migrate(started.client.dataset(name), { location: 'US', textOf: viewText, onStep, ...options });
    return steps;
  }

  const CREATED = [
    'create the dataset in US',
    `create the table events: ${EVENTS.columns.length} columns, a partition a day of counted_at, clustered by type, cell_key, user_key`,
    ...VIEWS.map((view) => `create the view ${view}`),
  ];

  it('a dry run says what it would do and does nothing', async () => {
    assert.deepEqual(await run('dry', { dryRun: true }), CREATED);
    assert.deepEqual(await started.client.dataset('dry').exists(), [false]);
  });

  it('makes everything, and then there is nothing to change', async () => {
    assert.deepEqual(await run('whole'), CREATED);
    assert.deepEqual(await run('whole'), []);
    const dataset = started.client.dataset('whole');
    const [events] = await dataset.table('events').getMetadata();
    assert.equal(events.description, EVENTS.description);
    assert.deepEqual(events.timePartitioning, { type: 'DAY', field: 'counted_at' });
    assert.deepEqual(events.clustering, { fields: ['type', 'cell_key', 'user_key'] });
    assert.deepEqual(events.schema.fields[0], {
      ...{ name: 'event_id', type: 'STRING', mode: 'REQUIRED' },
      description: 'Names the event; there is one row of it.',
    });
    const [view] = await dataset.table('generations').getMetadata();
    assert.match(view.description, /^A row for each generation that has ended/);
    assert.match(view.view.query, /FROM `demo-warehouse`\.whole\.events/);
    const [rows] = await started.client.query('SELECT COUNT(*) AS n FROM whole.generations');
    assert.deepEqual(rows, [{ n: 0 }]);
  });

  it('adds what is missing, and mends a view', async () => {
    await run('partly');
    const dataset = started.client.dataset('partly');
    await dataset.table('events').delete();
    const fields = EVENTS.columns.filter(({ name }) => name !== 'reason').map((column) => ({ ...column }));
    await dataset.createTable('events', {
      schema: { fields },
      timePartitioning: { type: 'DAY', field: 'counted_at' },
      clustering: { fields: ['type'] },
    });
    await dataset.table('generations').setMetadata({ view: { query: 'SELECT 1 AS one', useLegacySql: false } });
    const expected = [
      'table events: add reason STRING; cluster by type, cell_key, user_key; describe it',
      'view generations: change its query',
    ];
    assert.deepEqual(await run('partly', { dryRun: true }), expected);
    assert.deepEqual(await run('partly'), expected);
    assert.deepEqual(await run('partly'), []);
    const [events] = await dataset.table('events').getMetadata();
    assert.equal(events.schema.fields.length, EVENTS.columns.length);
  });

  it('changes nothing where something stands in the way', async () => {
    await run('odd');
    const dataset = started.client.dataset('odd');
    await dataset.table('events').delete();
    await dataset.createTable('events', {
      schema: [
        { name: 'event_id', type: 'INT64' },
        { name: 'at', type: 'TIMESTAMP' },
      ],
      timePartitioning: { type: 'DAY', field: 'at' },
    });
    await assert.rejects(run('odd'), (error: Error) => {
      assert.ok(error instanceof CannotMigrate);
      const told = error.message.split('\n').map((line) => line.trim());
      assert.ok(told.includes('table events: column event_id is INT64, and BigQuery cannot make it STRING'));
      assert.ok(told.includes('table events: column at is in BigQuery only, and a migration does not remove data'));
      assert.ok(told.includes('table events: it is partitioned by at, and BigQuery cannot change that to counted_at'));
      return true;
    });
    const [events] = await dataset.table('events').getMetadata();
    assert.equal(events.schema.fields.length, 2);
    await assert.rejects(run('whole', { location: 'EU' }), /the dataset is in US, and BigQuery cannot move it to EU/);
  });

  it('goes on after a failure in the middle', async () => {
    await started.client.createDataset('halfway');
    const steps = await run('halfway');
    assert.deepEqual(steps, ['describe the dataset', ...CREATED.slice(1)]);
    assert.deepEqual(await run('halfway'), []);
  });
});

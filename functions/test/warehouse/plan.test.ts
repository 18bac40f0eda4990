import assert from 'node:assert/strict';
import { type Existing, type ExistingWarehouse, planOf, type WantedWarehouse } from '../../src/core/warehouse/plan.ts';
import type { Column, Table } from '../../src/core/warehouse/tables.ts';

const column = (name: string, type: Column['type'] = 'STRING', mode: Column['mode'] = 'NULLABLE'): Column => ({
  ...{ name, type, mode, description: `The ${name}.` },
});
const TABLE: Table = {
  ...{ name: 'events', description: 'The log.', partitionBy: 'at', clusterBy: ['type'] },
  columns: [column('id', 'STRING', 'REQUIRED'), column('at', 'TIMESTAMP', 'REQUIRED'), column('ms', 'INT64')],
};
const VIEW = { name: 'ends', description: 'Ends.', query: 'SELECT 1 AS one' };
const WANTED: WantedWarehouse = { location: 'US', description: 'Ours.', tables: [TABLE], views: [VIEW] };
const SAME: Existing = { ...TABLE };
const SAME_VIEW: Existing = { description: 'Ends.', columns: [], clusterBy: [], query: VIEW.query };

/** What there is: as wanted, but for these changes. */
function existing(table: Partial<Existing> | null = {}, more: Partial<ExistingWarehouse> = {}): ExistingWarehouse {
  const named = new Map([['ends', SAME_VIEW]]);
  if (table) named.set('events', { ...SAME, ...table });
  return { location: 'US', description: 'Ours.', named, ...more };
}
const [id, at, ms] = TABLE.columns as [Column, Column, Column];

interface Row {
  name: string;
  existing: ExistingWarehouse | undefined;
  steps?: string[];
  refused?: string[];
}

const rows: Row[] = [
  { name: 'as it should be', existing: existing() },
  {
    name: 'nothing',
    existing: undefined,
    steps: [
      'create the dataset in US',
      'create the table events: 3 columns, a partition a day of at, clustered by type',
      'create the view ends',
    ],
  },
  {
    name: 'an empty dataset',
    existing: existing(null, { named: new Map([['ends', SAME_VIEW]]) }),
    steps: ['create the table events: 3 columns, a partition a day of at, clustered by type'],
  },
  { name: 'a location in small letters', existing: existing({}, { location: 'us' }) },
  {
    name: 'another location',
    existing: existing({}, { location: 'EU' }),
    refused: ['the dataset is in EU, and BigQuery cannot move it to US'],
  },
  { name: 'a dataset that says nothing', existing: existing({}, { description: '' }), steps: ['describe the dataset'] },
  { name: 'a missing column', existing: existing({ columns: [id, at] }), steps: ['table events: add ms INT64'] },
  {
    name: 'a missing REQUIRED column',
    existing: existing({ columns: [id, ms] }),
    refused: ['table events: column at is new and REQUIRED; what is added must be NULLABLE'],
  },
  { name: 'a column in capitals', existing: existing({ columns: [{ ...id, name: 'ID' }, at, ms] }) },
  { name: 'columns in another order', existing: existing({ columns: [ms, at, id] }) },
  {
    name: 'a column of another type',
    existing: existing({ columns: [id, at, column('ms', 'STRING')] }),
    refused: ['table events: column ms is STRING, and BigQuery cannot make it INT64'],
  },
  {
    name: 'a column too many',
    existing: existing({ columns: [id, at, ms, column('old')] }),
    refused: ['table events: column old is in BigQuery only, and a migration does not remove data'],
  },
  {
    name: 'a column that may be NULL',
    existing: existing({ columns: [{ ...id, mode: 'NULLABLE' }, at, ms] }),
    refused: ['table events: column id is NULLABLE, and BigQuery cannot make it REQUIRED'],
  },
  {
    name: 'a column that may not be NULL, and says nothing',
    existing: existing({ columns: [id, at, { ...ms, mode: 'REQUIRED', description: '' }] }),
    steps: ['table events: let ms be NULL; describe ms'],
  },
  {
    name: 'no partitions',
    existing: existing({ partitionBy: undefined }),
    refused: ['table events: it is not partitioned by day, and BigQuery cannot change that to at'],
  },
  {
    name: 'other partitions',
    existing: existing({ partitionBy: 'ms' }),
    refused: ['table events: it is partitioned by ms, and BigQuery cannot change that to at'],
  },
  {
    name: 'other clusters, and a table that says nothing',
    existing: existing({ clusterBy: [], description: '' }),
    steps: ['table events: cluster by type; describe it'],
  },
  {
    name: 'a view where a table should be',
    existing: existing(SAME_VIEW),
    refused: ['events is a view, and should be a table'],
  },
  {
    name: 'a table where a view should be',
    existing: existing(
      {},
      {
        named: new Map([
          ['events', SAME],
          ['ends', SAME],
        ]),
      },
    ),
    refused: ['ends is a table, and should be a view'],
  },
  {
    name: 'a view with another query and description',
    existing: existing(
      {},
      {
        named: new Map([
          ['events', SAME],
          ['ends', { ...SAME_VIEW, query: 'SELECT 2', description: '' }],
        ]),
      },
    ),
    steps: ['view ends: change its query and its description'],
  },
];

describe('warehouse: the plan of a migration', () => {
  for (const { name, existing, steps = [], refused = [] } of rows) {
    it(name, () => {
      const plan = planOf(WANTED, existing);
      assert.deepEqual({ steps: plan.steps.map(({ text }) => text), refused: plan.refused }, { steps, refused });
    });
  }
});

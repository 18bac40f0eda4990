import assert from 'node:assert/strict';
import { glob, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Dataset } from '@google-cloud/bigquery';
import { type CheckedQuery, checkQueries, checkText } from '../../../scripts/warehouse/check.ts';
import { parametersOf } from '../../../scripts/warehouse/parameters.ts';
import { sqlNames, sqlText } from '../../../scripts/warehouse/sql.ts';
import { VIEWS } from '../../src/core/warehouse/tables.ts';
import { type StartedWarehouse, startWarehouse } from './started.ts';

const NOW = new Date('2026-03-14T12:00:00Z');
const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** Queries outside what the project's SQL keeps to, and what the refusal names. */
const OUTSIDE: [sql: string, construct: RegExp][] = [
  ['SELECT ARRAY_AGG(type) AS types FROM dailies.events', /ARRAY AGG/],
  ["SELECT FORMAT_TIMESTAMP('%F', counted_at) AS day FROM dailies.events", /FORMAT_TIMESTAMP/i],
  ['SELECT STRUCT(type AS type) AS told FROM dailies.events', /STRUCT/],
  ["SELECT type || '!' AS loud FROM dailies.events", /CONCAT/],
  [
    'SELECT SUM(total_ms) OVER (ORDER BY total_ms RANGE BETWEEN 1 PRECEDING AND CURRENT ROW) AS ms FROM dailies.events',
    /RANGE FRAME/i,
  ],
  ['MERGE dailies.events AS t USING dailies.events AS s ON t.event_id = s.event_id WHEN MATCHED THEN DELETE', /MERGE/i],
  ['DELETE FROM dailies.events WHERE TRUE', /DELETE/i],
  ['SELECT nope FROM dailies.events', /nope/],
  ['SELECT event_id FROM dailies.nowhere', /nowhere/],
];

/** https://cloud.google.com/bigquery/docs/reference/standard-sql/lexical#reserved_keywords */
const RESERVED = new Set(
  `ALL AND ANY ARRAY AS ASC ASSERT_ROWS_MODIFIED AT BETWEEN BY CASE CAST COLLATE CONTAINS CREATE CROSS CUBE CURRENT DEFAULT
  DEFINE DESC DISTINCT ELSE END ENUM ESCAPE EXCEPT EXCLUDE EXISTS EXTRACT FALSE FETCH FOLLOWING FOR FROM FULL GROUP GROUPING
  GROUPS HASH HAVING IF IGNORE IN INNER INTERSECT INTERVAL INTO IS JOIN LATERAL LEFT LIKE LIMIT LOOKUP MERGE NATURAL NEW NO NOT
  NULL NULLS OF ON OR ORDER OUTER OVER PARTITION PRECEDING PROTO QUALIFY RANGE RECURSIVE RESPECT RIGHT ROLLUP ROWS SELECT SET
  SOME STRUCT TABLESAMPLE THEN TO TREAT TRUE UNBOUNDED UNION UNNEST USING WHEN WHERE WINDOW WITH WITHIN`.split(/\s+/),
);

describe('warehouse: every query', () => {
  let warehouse: StartedWarehouse;
  let dataset: Dataset;
  let names: string[];
  let checked: CheckedQuery[];
  before(async () => {
    warehouse = await startWarehouse();
    dataset = warehouse.client.dataset('dailies');
    names = await sqlNames();
    checked = await checkQueries(dataset, names, NOW);
  });
  after(() => warehouse.stop());

  it('can run: it is inside the allow-list, and says what its parameters are', () => {
    assert.ok(names.length > 0);
    assert.deepEqual(
      checked,
      names.map((name) => ({ name, bytes: 0 })),
    );
  });

  it('names nothing by a word that BigQuery reserves', async () => {
    for (const name of names) {
      const sql = (await sqlText(name)).replace(/--.*$|'[^']*'/gm, '');
      const aliases = Array.from(sql.matchAll(/\bAS\s+(\w+)/g), ([, alias = '']) => alias.toUpperCase());
      assert.deepEqual(
        aliases.filter((alias) => RESERVED.has(alias)),
        [],
        name,
      );
    }
  });

  it('begins with what it answers', async () => {
    for (const name of names) assert.match(await sqlText(name), /^-- [A-Z]/, name);
  });

  it('is used, and every view is a file', async () => {
    const sources = await textsIn(['functions/src/**/*.ts', 'scripts/**/*.ts']);
    const unused = names.filter((name) => !name.startsWith('views/') && !sources.some(mentions(name)));
    assert.deepEqual(unused, []);
    const views = names.filter((name) => name.startsWith('views/'));
    assert.deepEqual(views, VIEWS.map((view) => `views/${view}`).sort());
  });

  it('has answers worked out by hand in a test', async () => {
    const tests = await textsIn(['functions/test/**/*.test.ts']);
    assert.deepEqual(
      names.filter((name) => !tests.some(mentions(name))),
      [],
    );
  });

  for (const [sql, construct] of OUTSIDE) {
    it(`would be refused: ${sql}`, async () => {
      const { refusal } = await checkText(dataset, sql, NOW);
      assert.match(refusal ?? 'it would run', construct);
    });
  }

  it('is refused when its parameters are not those of its comment', async () => {
    const rows: [sql: string, refusal: RegExp][] = [
      ['-- Told.\nSELECT @from AS at', /@from is not told of at the head/],
      ['-- @from, @to: the period.\nSELECT @from AS at', /@to is told of at the head, and not in the query/],
      ['-- @moment: when.\nSELECT @moment AS at', /@moment is not in/],
      ["-- @from: when.\nSELECT @from > 'today' AS later", /TIMESTAMP, STRING/],
    ];
    for (const [sql, refusal] of rows) assert.match((await checkText(dataset, sql, NOW)).refusal ?? '', refusal);
    const sql = "-- From @from to\n-- @to.\nSELECT '@no' AS a -- @neither\n, @from AS b, @to AS c";
    assert.deepEqual(parametersOf(sql), ['from', 'to']);
    assert.deepEqual(parametersOf('-- Parameters as in other.sql.\nSELECT @from AS b'), ['from']);
  });
});

async function textsIn(patterns: string[]): Promise<string[]> {
  const texts: string[] = [];
  for await (const path of glob(patterns, { cwd: ROOT, exclude: ['**/node_modules/**'] })) {
    texts.push(await readFile(`${ROOT}/${path}`, 'utf8'));
  }
  return texts;
}

const mentions = (name: string) => (text: string) => text.includes(`'${name}'`);

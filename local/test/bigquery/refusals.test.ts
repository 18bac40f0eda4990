import assert from 'node:assert/strict';
import { DATE_FUNCTIONS } from '../../bigquery/sql/dates.ts';
import { EXPRESSION_SYNTAX } from '../../bigquery/sql/expression.ts';
import { FUNCTIONS } from '../../bigquery/sql/functions.ts';
import { loadRows, type Started, startWithClient } from './started.ts';

/** A query outside the allow-list, or wrong in BigQuery, and what its refusal says. */
const REFUSED: [sql: string, message: RegExp][] = [
  ['SELECT MD5(id) FROM d.t', /does not know THE FUNCTION MD5/i],
  ['SELECT SAFE.SUBSTR(id, 1) FROM d.t', /does not know THE FUNCTION SAFE\.SUBSTR/i],
  ['SELECT FORMAT_TIMESTAMP("%E3S", at) FROM d.t', /THE FUNCTION FORMAT_TIMESTAMP/i],
  ['SELECT read_text("/etc/passwd")', /READ_TEXT/i],
  ['SELECT * FROM `/etc/passwd`', /must be qualified with a dataset/i],
  ['SELECT * FROM d.`t*`', /Not found: Table demo-warehouse:d\.t\*/i],
  ['SELECT * FROM other.d.t', /Invalid table name: other\.d\.t/i],
  ['SELECT _PARTITIONTIME FROM d.t', /Unrecognized name: _PARTITIONTIME/i],
  ['SELECT x FROM d.t', /Unrecognized name: x/i],
  ['SELECT ms AS x FROM d.t WHERE x > 1', /Unrecognized name: x/i],
  ['SELECT ms AS x, x + 1 FROM d.t', /Unrecognized name: x/i],
  ['SELECT a.id FROM d.t AS a, d.t AS a', /Duplicate table alias a/i],
  ['SELECT id FROM d.t AS a, d.t AS b', /Column name id is ambiguous/i],
  ['SELECT 1 AS a, 2 AS a', /Duplicate column names/i],
  ["SELECT 'a' || 1", /does not know CONCAT/i],
  ["SELECT CONCAT('a', 1)", /No matching signature for function CONCAT/i],
  ["SELECT id FROM d.t WHERE at > DATE '2026-01-01'", /No matching signature for >: argument types TIMESTAMP, DATE/i],
  ["SELECT id FROM d.t WHERE at > '2026-01-01'", /TIMESTAMP, STRING/i],
  ['SELECT id FROM d.t WHERE id = 1', /STRING, INT64/i],
  ['SELECT id FROM d.t WHERE ms', /Cannot coerce INT64 to BOOL/i],
  ['SELECT SUM(id) FROM d.t', /No matching signature for function SUM for argument types: STRING/i],
  ['SELECT LENGTH(ms) FROM d.t', /No matching signature for function LENGTH/i],
  ['SELECT id, COUNT(*) FROM d.t', /GROUP BY/i],
  ['SELECT id FROM d.t WHERE COUNT(*) > 1', /WHERE clause cannot contain aggregates/i],
  ['SELECT 1 / 0', /division by zero/i],
  ['SELECT MOD(1, 0)', /division by zero/i],
  ['SELECT 9223372036854775807 + 1', /Overflow/i],
  ['SELECT CAST("1.5" AS INT64)', /Bad INT64 value: 1\.5/i],
  ['SELECT APPROX_QUANTILES(ms, 2)[OFFSET(3)] FROM d.t', /Array index out of bounds/i],
  ['SELECT extra FROM d.t ORDER BY extra', /ORDER BY is not allowed for an expression of type JSON/i],
  ['SELECT extra FROM d.t GROUP BY extra', /GROUP BY is not allowed/i],
  ['SELECT DATE_TRUNC(at, DAY) FROM d.t', /Cannot coerce TIMESTAMP to DATE/i],
  ['SELECT DATE_ADD(day, INTERVAL 1 HOUR) FROM d.t', /HOUR cannot be added to a DATE/i],
  ['SELECT EXTRACT(WEEK FROM day) FROM d.t', /EXTRACT WEEK/i],
  ['SELECT EXTRACT(HOUR FROM day) FROM d.t', /EXTRACT HOUR FROM DATE/i],
  ['SELECT DATE(at, "Nowhere") FROM d.t', /time zone must be a literal/i],
  ['SELECT STRING_AGG(id, id) FROM d.t', /delimiter must be a literal/i],
  ['SELECT ARRAY_AGG(id IGNORE NULLS) FROM d.t', /ARRAY AGG/i],
  ['SELECT MIN(id HAVING MAX ms) FROM d.t', /HAVING MAX IN MIN/i],
  ['SELECT a FROM UNNEST([1]) AS a WITH OFFSET', /IN UNNEST/i],
  ['SELECT COUNT(*) FROM d.t GROUP BY ROLLUP(provider)', /ROLLUP/i],
  ['SELECT STRUCT(1 AS a)', /STRUCT/i],
  ['SELECT AS STRUCT 1', /KIND IN SELECT/i],
  ['SELECT * REPLACE (1 AS id) FROM d.t', /REPLACE IN \*/i],
  ['SELECT id FROM d.t TABLESAMPLE SYSTEM (10 PERCENT)', /TABLE SAMPLE IN A TABLE/i],
  ['SELECT id FROM d.t FOR SYSTEM_TIME AS OF CURRENT_TIMESTAMP()', /SYSTEM TIME|Syntax error/i],
  ['WITH RECURSIVE a AS (SELECT 1 AS x) SELECT x FROM a', /RECURSIVE IN WITH/i],
  ['SELECT SUM(ms) OVER w FROM d.t WINDOW w AS (ORDER BY at)', /WINDOW/i],
  ['SELECT SUM(ms) OVER (ORDER BY ms RANGE BETWEEN 1 PRECEDING AND CURRENT ROW) FROM d.t', /A RANGE FRAME/i],
  ['SELECT ROW_NUMBER() FROM d.t', /needs an OVER clause/i],
  ['SELECT 1 UNION ALL SELECT "a"', /UNION needs the same types/i],
  ['SELECT 1 EXCEPT DISTINCT SELECT 1', /THE STATEMENT EXCEPT/i],
  ['SELECT usd * usd FROM d.t', /\* of NUMERIC; CAST to FLOAT64/i],
  ['SELECT EXP(1000)', /Floating point error/i],
  ['SELECT provider AS id, COUNT(*) FROM d.t GROUP BY id', /Name id is ambiguous/i],
  ['SELECT ms ** 2 FROM d.t', /does not know \*\*/i],
  ['SELECT 1 = 1 = TRUE', /Comparisons cannot follow one another/i],
  ['SELECT DISTINCT id FROM d.t ORDER BY ms', /must name an output column/i],
  ['SELECT f0_ FROM (SELECT 1)', /Unrecognized name: f0_/i],
  ['SELECT AVG(usd) FROM d.t', /No matching signature for function AVG for argument types: NUMERIC/i],
  ['SELECT 1 AS a UNION ALL SELECT 2 UNION DISTINCT SELECT 3', /cannot be mixed/i],
  ['SELECT id FROM d.t WHERE id ILIKE "a"', /I LIKE/i],
  ['SELECT id::INT64 FROM d.t', /DOUBLE COLON/i],
  ['SELECT SUM(ms) FILTER (WHERE TRUE) FROM d.t', /FILTER in SUM/i],
  ['SELECT DISTINCT ON (id) id FROM d.t', /DISTINCT ON/i],
  ['ATTACH "x"', /THE STATEMENT ATTACH/i],
  ['SELECT @@project_id', /does not know @@project_id/i],
  ['SELECT @missing', /Query parameter 'missing' not found/i],
  ['SELECT 1; SELECT 2', /exactly one statement/i],
  ['DELETE FROM d.t WHERE TRUE', /THE STATEMENT DELETE/i],
  ['CREATE TABLE d.x AS SELECT 1 AS a', /THE STATEMENT CREATE TABLE/i],
  ['SELECT FROM d.t', /Syntax error|must not be empty/i],
];

describe('bigquery: the allow-list', () => {
  let started: Started;
  before(async () => {
    started = await startWithClient();
    const { client } = started;
    const schema = 'id:STRING,provider:STRING,at:TIMESTAMP,day:DATE,ms:INTEGER,usd:NUMERIC,extra:JSON';
    await client.createDataset('d');
    await client.dataset('d').createTable('t', { schema });
    await loadRows(client, ['d', 't'], [{ id: 'a', ms: 1, at: '2026-03-01T00:00:00Z', day: '2026-03-01' }]);
  });
  after(() => started.stop());

  for (const [query, message] of REFUSED) {
    it(`refuses ${query}`, async () => {
      await assert.rejects(
        started.client.query({ query }),
        (error: { code?: number; errors?: { reason: string }[] }) => {
          assert.match(String(error), message);
          assert.ok(error.code === 400 || error.code === 404, String(error.code));
          return true;
        },
      );
    });
  }

  it('gives each entry its GoogleSQL reference', () => {
    const entries = [FUNCTIONS, DATE_FUNCTIONS, EXPRESSION_SYNTAX].flatMap((list) => Object.entries(list));
    assert.ok(entries.length > 90, String(entries.length));
    for (const [name, { reference }] of entries) {
      assert.match(reference, /^https:\/\/cloud\.google\.com\/bigquery\/docs\/reference\/standard-sql\/[a-z-_]+/, name);
    }
  });

  const SAMPLES: Record<string, string> = {
    T: 'ms',
    O: 'ms',
    N: 'ms',
    INT64: '2026',
    FLOAT64: '1.5',
    BOOL: 'ms > 0',
    STRING: 'id',
    JSON: 'extra',
    NUMERIC: 'usd',
    TIMESTAMP: 'at',
    DATE: 'day',
    ZONE: "'Europe/Berlin'",
    PATH: "'$.a'",
    COUNT: '1',
    DELIMITER: "','",
    PARTS: '4',
    ARRAY: '[1, 2]',
    'ARRAY<INT64>': '[1, 2]',
    'T…': 'ms, 2',
    'O…': 'ms, 2',
  };

  it('runs every signature that it allows', async () => {
    for (const [name, { kind, overloads }] of Object.entries(FUNCTIONS)) {
      for (const [signature] of overloads) {
        const types = signature.split('=>')[0]?.trim() ?? '';
        const args =
          types === ''
            ? []
            : types.split(', ').map((type) => (name === 'DATE' && type === 'INT64' ? '3' : SAMPLES[type]));
        const call = `${name}(${name === 'COUNT' && types === '' ? '*' : args.join(', ')})`;
        const query = `SELECT ${call}${kind === 'window' ? ' OVER (ORDER BY at)' : ''} AS x FROM d.t`;
        const [rows] = await started.client
          .query({ query })
          .catch((error: unknown) => assert.fail(`${query}: ${error}`));
        assert.equal(rows.length, 1, query);
      }
    }
  });
});

import assert from 'node:assert/strict';
import { BigQuery } from '@google-cloud/bigquery';
import { loadRows, type Started, startWithClient } from './started.ts';

const SCHEMA = [
  { name: 'id', type: 'STRING', mode: 'REQUIRED' },
  { name: 'provider', type: 'STRING' },
  { name: 'at', type: 'TIMESTAMP' },
  { name: 'day', type: 'DATE' },
  { name: 'ms', type: 'INT64' },
  { name: 'usd', type: 'NUMERIC' },
  { name: 'score', type: 'FLOAT64' },
  { name: 'ok', type: 'BOOL' },
  { name: 'extra', type: 'JSON' },
];
/** 1 March 2026 is a Sunday. */
const ROWS = [
  {
    id: 'a',
    provider: 'veo',
    at: '2026-03-01T10:00:00.123456Z',
    day: '2026-03-01',
    ms: 10,
    usd: '1.25',
    score: 0.5,
    ok: true,
    extra: { a: { b: 1 }, s: 'x', l: [1] },
  },
  {
    id: 'b',
    provider: 'veo',
    at: '2026-03-01T23:30:00Z',
    day: '2026-03-01',
    ms: '30',
    usd: '0.000000001',
    score: 1.5,
    ok: false,
  },
  {
    id: 'c',
    provider: 'kling',
    at: '2026-03-02T00:30:00+01:00',
    day: '2026-03-02',
    ms: 20,
    usd: 2,
    score: -2.5,
    ok: true,
  },
  { id: 'd', provider: 'kling', at: '2026-03-29T02:00:00Z', day: '2026-03-29' },
];

/** A query, the rows it answers (each the values in order), and its parameters. */
type Case = [name: string, sql: string, rows: unknown[][], params?: Record<string, unknown>];

const CASES: Case[] = [
  ['COUNTIF of no rows is 0', 'SELECT COUNTIF(ok), COUNT(*) FROM d.t WHERE ms > 1000', [[0, 0]]],
  [
    'SUBSTR from what is computed, and from where there is nothing',
    "SELECT SUBSTR(id, LENGTH(provider) - 4, 2 - 1), SUBSTR('abc', 0, 2), SUBSTR('abc', -2, 2), SUBSTR('abc', -9, 2) FROM d.t WHERE id = 'c'",
    [['c', 'ab', 'bc', 'ab']],
  ],
  [
    'SPLIT, whose parts may be empty',
    "SELECT SPLIT('a/b/', '/')[OFFSET(2)], SPLIT('', '/')[OFFSET(0)], ARRAY_LENGTH(SPLIT('a/b', '/')), SPLIT(CAST(NULL AS STRING), '/')[SAFE_OFFSET(0)]",
    [['', '', 2, null]],
  ],
  ['filter by a parameter', 'SELECT id FROM d.t WHERE ms >= @n ORDER BY 1', [['b'], ['c']], { n: 20 }],
  ['a parameter beside every operator', 'SELECT 5 - @n, @n - 1, -@n, @n > 2, @N', [[2, 2, -3, true, 3]], { n: 3 }],
  [
    'a parameter in a string or comment is none',
    `SELECT '@n' AS a, "x@n" -- @n\n, /* @n */ \`id\` FROM d.t WHERE id = 'a'`,
    [['@n', 'x@n', 'a']],
  ],
  [
    'a list parameter',
    'SELECT id FROM d.t WHERE id IN UNNEST(@ids) ORDER BY id',
    [['a'], ['d']],
    { ids: ['a', 'd', 'z'] },
  ],
  [
    'a timestamp parameter',
    'SELECT COUNT(*) FROM d.t WHERE at >= @from',
    [[1]],
    { from: BigQuery.timestamp('2026-03-02T00:00:00Z') },
  ],
  ['a date parameter', 'SELECT id FROM d.t WHERE day > @day', [['d']], { day: BigQuery.date('2026-03-02') }],
  ['a text that is SQL', 'SELECT @s', [["'; DROP TABLE x; --"]], { s: "'; DROP TABLE x; --" }],
  [
    'group by name, alias and position',
    'SELECT provider p, ok, COUNT(*) FROM d.t GROUP BY p, 2 ORDER BY p, ok',
    [
      ['kling', null, 1],
      ['kling', true, 1],
      ['veo', false, 1],
      ['veo', true, 1],
    ],
  ],
  [
    'aggregates leave NULLs out',
    'SELECT COUNT(*), COUNT(ms), SUM(ms), AVG(ms), MIN(ms), MAX(ms), COUNTIF(ok), COUNT(DISTINCT provider) FROM d.t',
    [[4, 3, 60, 20, 10, 30, 2, 2]],
  ],
  [
    'aggregates of nothing',
    'SELECT COUNT(*), SUM(ms), AVG(ms), APPROX_QUANTILES(ms, 2)[SAFE_OFFSET(1)] FROM d.t WHERE FALSE',
    [[0, null, null, null]],
  ],
  [
    'quantiles are elements',
    'SELECT APPROX_QUANTILES(ms, 2), APPROX_QUANTILES(ms, 100)[OFFSET(50)] FROM d.t',
    [[[10, 20, 30], 20]],
  ],
  [
    'numeric sums are exact',
    'SELECT CAST(SUM(usd) = CAST(13 AS NUMERIC) AS INT64), CAST(SUM(usd) AS FLOAT64) FROM d.t',
    [[0, 3.250000001]],
  ],
  ['having an alias', 'SELECT provider, SUM(ms) AS s FROM d.t GROUP BY provider HAVING s > 30', [['veo', 40]]],
  ['NULLs first, or last when descending', 'SELECT id FROM d.t ORDER BY ms DESC', [['b'], ['c'], ['a'], ['d']]],
  ['NULLs first when ascending', 'SELECT id FROM d.t ORDER BY ms LIMIT 1 OFFSET @skip', [['a']], { skip: 1 }],
  ['integer division is a FLOAT64', 'SELECT 7 / 2, DIV(7, 2), DIV(-7, 2), MOD(-7, 2)', [[3.5, 3, -3, -1]]],
  ['safe division', 'SELECT SAFE_DIVIDE(1, 0), SAFE_DIVIDE(6, 4)', [[null, 1.5]]],
  [
    'rounding is away from zero',
    'SELECT ROUND(2.5), ROUND(-2.5), ROUND(1.25, 1), CAST(2.5 AS INT64), CAST(-0.5 AS INT64)',
    [[3, -3, 1.3, 3, -1]],
  ],
  [
    'concatenation with NULL is NULL',
    "SELECT CONCAT('a', 'b'), CONCAT('a', CAST(NULL AS STRING)), LEAST(1, NULL), GREATEST(1, 2.5)",
    [['ab', null, null, 2.5]],
  ],
  [
    'LIKE escapes by backslash',
    String.raw`SELECT 'a_c' LIKE 'a\\_c', 'abc' LIKE 'a\\_c', 'abc' LIKE 'a_c'`,
    [[true, false, true]],
  ],
  [
    'JSON values',
    "SELECT JSON_VALUE(extra, '$.a.b'), JSON_VALUE(extra, '$.s'), JSON_VALUE(extra, '$.a'), JSON_VALUE(extra, '$.l[0]'), JSON_VALUE(extra, '$.none') FROM d.t WHERE id = 'a'",
    [['1', 'x', null, '1', null]],
  ],
  [
    'weeks of a DATE',
    "SELECT DATE_TRUNC(day, WEEK), DATE_TRUNC(day, WEEK(MONDAY)), DATE_TRUNC(day, ISOWEEK), DATE_TRUNC(day, WEEK(SATURDAY)), DATE_TRUNC(day, MONTH) FROM d.t WHERE id = 'd'",
    [['2026-03-29', '2026-03-23', '2026-03-23', '2026-03-28', '2026-03-01']],
  ],
  // https://cloud.google.com/bigquery/docs/reference/standard-sql/date_functions#date_diff has these.
  [
    'DATE_DIFF counts boundaries',
    "SELECT DATE_DIFF(DATE '2017-10-15', DATE '2017-10-14', WEEK), DATE_DIFF(DATE '2017-10-15', DATE '2017-10-14', WEEK(MONDAY)), DATE_DIFF(DATE '2017-12-31', DATE '2014-12-30', YEAR), DATE_DIFF(DATE '2010-07-07', DATE '2008-12-25', DAY), DATE_DIFF(DATE '2026-01-01', DATE '2026-03-31', MONTH)",
    [[1, 0, 3, 559, -2]],
  ],
  // https://cloud.google.com/bigquery/docs/reference/standard-sql/timestamp_functions#timestamp_diff
  [
    'TIMESTAMP_DIFF counts whole units',
    "SELECT TIMESTAMP_DIFF(TIMESTAMP '2001-02-01 01:00:00', TIMESTAMP '2001-02-01 00:00:01', HOUR), TIMESTAMP_DIFF(TIMESTAMP '2018-08-14', TIMESTAMP '2018-10-14', DAY), TIMESTAMP_DIFF(TIMESTAMP '2026-01-01 00:00:01.5', TIMESTAMP '2026-01-01', MILLISECOND)",
    [[0, -61, 1500]],
  ],
  [
    'adding months stays in the month',
    "SELECT DATE_ADD(DATE '2026-01-31', INTERVAL 1 MONTH), DATE_SUB(day, INTERVAL @n DAY), DATE_ADD(day, INTERVAL ms DAY) FROM d.t WHERE id = 'a'",
    [['2026-02-28', '2026-02-27', '2026-03-11']],
    { n: 2 },
  ],
  [
    'adding to a TIMESTAMP',
    "SELECT TIMESTAMP_SUB(TIMESTAMP '2026-03-01 00:00:00 UTC', INTERVAL 1 HOUR), TIMESTAMP_ADD(TIMESTAMP '2026-03-01', INTERVAL @n DAY)",
    [['2026-02-28T23:00:00Z', '2026-03-03T00:00:00Z']],
    { n: 2 },
  ],
  [
    'truncating a TIMESTAMP',
    "SELECT TIMESTAMP_TRUNC(at, HOUR), TIMESTAMP_TRUNC(at, DAY), TIMESTAMP_TRUNC(at, DAY, 'Europe/Berlin'), TIMESTAMP_TRUNC(at, ISOWEEK), TIMESTAMP_TRUNC(TIMESTAMP '1969-12-31 23:30:00', HOUR) FROM d.t WHERE id = 'b'",
    [
      [
        '2026-03-01T23:00:00Z',
        '2026-03-01T00:00:00Z',
        '2026-03-01T23:00:00Z',
        '2026-02-23T00:00:00Z',
        '1969-12-31T23:00:00Z',
      ],
    ],
  ],
  [
    'dates in a zone',
    "SELECT DATE(at), DATE(at, 'Europe/Berlin'), EXTRACT(HOUR FROM at AT TIME ZONE 'Europe/Berlin'), EXTRACT(DAYOFWEEK FROM day), EXTRACT(ISOWEEK FROM day), EXTRACT(DATE FROM at) FROM d.t WHERE id = 'b'",
    [['2026-03-01', '2026-03-02', 0, 1, 9, '2026-03-01']],
  ],
  [
    'the clock that tests move',
    "SELECT CURRENT_TIMESTAMP(), CURRENT_DATE(), CURRENT_DATE('Pacific/Auckland')",
    [['2026-03-14T12:00:00Z', '2026-03-14', '2026-03-15']],
  ],
  [
    'epochs',
    "SELECT UNIX_MILLIS(at), UNIX_SECONDS(TIMESTAMP '1969-12-31 23:59:59.5'), TIMESTAMP_MILLIS(1500), FORMAT_DATE('%Y-%m', day) FROM d.t WHERE id = 'a'",
    [[1772359200123, -1, '1970-01-01T00:00:01.500Z', '2026-03']],
  ],
  [
    'days without rows',
    "SELECT d, COUNT(id) FROM UNNEST(GENERATE_DATE_ARRAY(DATE '2026-02-28', DATE '2026-03-02')) AS d LEFT JOIN d.t ON t.day = d GROUP BY d ORDER BY d",
    [
      ['2026-02-28', 0],
      ['2026-03-01', 2],
      ['2026-03-02', 1],
    ],
  ],
  [
    'windows',
    'SELECT id, ROW_NUMBER() OVER (PARTITION BY provider ORDER BY at DESC), LAG(id) OVER (ORDER BY at, id DESC), SUM(ms) OVER (ORDER BY at, id DESC ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) FROM d.t ORDER BY at, id DESC',
    [
      ['a', 2, null, 10],
      ['b', 1, 'c', 60],
      ['c', 2, 'a', 30],
      ['d', 1, 'b', 60],
    ].sort((x, y) => 'acbd'.indexOf(String(x[0])) - 'acbd'.indexOf(String(y[0]))),
  ],
  [
    'QUALIFY',
    'SELECT id, ROW_NUMBER() OVER (PARTITION BY provider ORDER BY at DESC) AS n FROM d.t QUALIFY n = 1 ORDER BY id',
    [
      ['b', 1],
      ['d', 1],
    ],
  ],
  [
    'WITH, JOIN USING and *',
    'WITH s AS (SELECT provider, SUM(ms) AS total FROM d.t GROUP BY provider), n AS (SELECT provider, COUNT(*) AS n FROM d.t GROUP BY 1) SELECT * FROM s JOIN n USING (provider) ORDER BY provider',
    [
      ['kling', 20, 2],
      ['veo', 40, 2],
    ],
  ],
  ['UNION ALL', 'SELECT 1 AS a UNION ALL SELECT 2 ORDER BY a DESC', [[2], [1]]],
  [
    'subqueries',
    'SELECT id, (SELECT MAX(ms) FROM d.t) FROM d.t AS o WHERE id IN (SELECT id FROM d.t WHERE ok) AND NOT EXISTS (SELECT 1 FROM d.t AS i WHERE i.provider = o.provider AND i.ms > o.ms) ORDER BY id',
    [['c', 30]],
  ],
  ['* EXCEPT', "SELECT * EXCEPT (at, day, extra, usd, score) FROM d.t WHERE id = 'a'", [['a', 'veo', 10, true]]],
  [
    'CASE',
    "SELECT id, CASE WHEN ms > 15 THEN 'slow' WHEN ms IS NULL THEN NULL ELSE 'fast' END, CASE provider WHEN 'veo' THEN 1 ELSE 0.5 END, IF(ok, 1, NULL), IFNULL(ms, -1), COALESCE(ms, 0), NULLIF(provider, 'veo') FROM d.t WHERE id IN ('a', 'd') ORDER BY id",
    [
      ['a', 'fast', 1, 1, 10, 10, null],
      ['d', null, 0.5, null, -1, 0, 'kling'],
    ],
  ],
  [
    'SAFE_CAST',
    "SELECT SAFE_CAST('12' AS INT64), SAFE_CAST('1.5' AS INT64), SAFE_CAST('x' AS FLOAT64), CAST('1e3' AS FLOAT64), SAFE_CAST('2026-02-30' AS DATE)",
    [[12, null, null, 1000, null]],
  ],
  [
    'months from a 31st',
    "SELECT GENERATE_DATE_ARRAY(DATE '2026-01-31', DATE '2026-04-01', INTERVAL 1 MONTH), GENERATE_DATE_ARRAY(DATE '2026-01-01', DATE '2026-01-20', INTERVAL 1 WEEK), ARRAY_LENGTH(GENERATE_DATE_ARRAY(DATE '2026-01-02', DATE '2026-01-01'))",
    [[['2026-01-31', '2026-02-28', '2026-03-31'], ['2026-01-01', '2026-01-08', '2026-01-15'], 0]],
  ],
  [
    'FULL JOIN USING',
    'SELECT x, a.n, b.m FROM (SELECT 1 AS x, 10 AS n) AS a FULL JOIN (SELECT 2 AS x, 20 AS m) AS b USING (x) ORDER BY x',
    [
      [1, 10, null],
      [2, null, 20],
    ],
  ],
  [
    'parts of a STRING, and one STRING of many',
    "SELECT SUBSTR('héllo', 2, 3), SUBSTR('ab', 3, 1), SUBSTR(CAST(NULL AS STRING), 1, 2), STRING_AGG(IF(ms > 25, id, NULL), ' '), STRING_AGG(IF(FALSE, id, NULL), ',') FROM d.t",
    [['éll', '', null, 'b', null]],
  ],
  // https://cloud.google.com/bigquery/docs/reference/standard-sql/mathematical_functions#range_bucket has these.
  [
    'the place among bounds',
    'SELECT RANGE_BUCKET(20, @bounds), RANGE_BUCKET(-10, @bounds), RANGE_BUCKET(100, @bounds), RANGE_BUCKET(25, @bounds), RANGE_BUCKET(CAST(NULL AS INT64), @bounds)',
    [[3, 0, 5, 3, null]],
    { bounds: [0, 10, 20, 30, 40] },
  ],
  [
    'hexadecimal text',
    "SELECT CAST('0x1F' AS INT64), SAFE_CAST('1F' AS INT64), SAFE_CAST('0x' AS INT64)",
    [[31, null, null]],
  ],
  ['unnamed columns', 'SELECT 1, 2 AS b, 3', [[1, 2, 3]]],
];

describe('bigquery: queries answer as BigQuery does', () => {
  let started: Started;
  before(async () => {
    started = await startWithClient();
    await started.client.createDataset('d');
    await started.client.dataset('d').createTable('t', { schema: SCHEMA });
    await loadRows(started.client, ['d', 't'], ROWS);
  });
  after(() => started.stop());

  for (const [name, query, rows, params] of CASES) {
    it(name, async () => {
      const [answered] = await started.client.query({ query, ...(params && { params }) });
      assert.deepEqual(
        answered.map((row: object) => Object.values(row).map(plain)),
        rows,
      );
    });
  }

  it('names columns, and tells their types', async () => {
    const query = 'SELECT 1, 2.5 AS b, ok, at, usd, [1, 2] FROM d.t LIMIT 1';
    const [job] = await started.client.createQueryJob({ query });
    const [, , answer] = await job.getQueryResults({ autoPaginate: false });
    const fields = answer?.schema?.fields ?? [];
    assert.deepEqual(
      fields.map(({ name, type, mode }) => `${name} ${type} ${mode}`),
      [
        'f0_ INTEGER NULLABLE',
        'b FLOAT NULLABLE',
        'ok BOOLEAN NULLABLE',
        'at TIMESTAMP NULLABLE',
        'usd NUMERIC NULLABLE',
        'f1_ INTEGER REPEATED',
      ],
    );
  });
});

function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  const text = (value as { value?: unknown } | null)?.value;
  if (typeof text === 'string') return text.replace('.000Z', 'Z');
  return value;
}

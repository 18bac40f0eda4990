import assert from 'node:assert/strict';
import fc from 'fast-check';
import { timestampMicros } from '../../bigquery/json-values.ts';
import { loadRows, type Started, startWithClient } from './started.ts';

const DAY_MS = 86_400_000;
const SCHEMA = 's:STRING,n:INTEGER,f:FLOAT,b:BOOLEAN,at:TIMESTAMP,d:DATE,j:JSON';

const rowArbitrary = fc.record({
  s: fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\0', '')),
  n: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
  f: fc.double({ noNaN: true, noDefaultInfinity: true }),
  b: fc.boolean(),
  at: fc
    .date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
    .map((date) => date.toISOString()),
  d: fc.integer({ min: -500_000, max: 500_000 }).map((days) => new Date(days * DAY_MS).toISOString().slice(0, 10)),
  j: fc.jsonValue({ maxDepth: 2 }).filter((value) => value !== null),
});

describe('bigquery: values', () => {
  let started: Started;
  before(async () => {
    started = await startWithClient();
    await started.client.createDataset('d');
  });
  after(() => started.stop());

  it('gives back what was loaded, also as parameters', async () => {
    const rows = fc.sample(rowArbitrary, { seed: 1, numRuns: 300 }).map((row, id) => ({ ...row, id }));
    await started.client.dataset('d').createTable('t', { schema: `id:INTEGER,${SCHEMA}` });
    await loadRows(started.client, ['d', 't'], rows);
    const query =
      'SELECT s, CAST(n AS STRING) AS n, f, b, UNIX_MICROS(at) AS at, CAST(d AS STRING) AS d, j FROM d.t ORDER BY id';
    const [job] = await started.client.createQueryJob({ query });
    const [answered] = await job.getQueryResults({ wrapIntegers: true });
    const expected = rows.map((row) => ({
      ...row,
      id: undefined,
      at: String(timestampMicros(row.at)),
      j: JSON.stringify(row.j),
    }));
    for (const [at, row] of answered.entries()) {
      const { id: _id, ...wanted } = expected[at] ?? { id: undefined };
      assert.deepEqual({ ...row, at: row.at.value, f: row.f + 0 }, { ...wanted, f: (rows[at]?.f ?? 0) + 0 });
    }
    assert.equal(answered.length, rows.length);
    for (const { s, f } of rows.slice(0, 20)) {
      const [same] = await started.client.query({
        query: 'SELECT COUNT(*) > 0 AS found FROM d.t WHERE s = @s AND f = @f',
        params: { s, f },
        types: { s: 'STRING', f: 'FLOAT64' },
      });
      assert.deepEqual(same, [{ found: true }], JSON.stringify({ s, f }));
    }
  });

  it('counts and cuts time as plain arithmetic does', async () => {
    const instants = fc.sample(fc.integer({ min: -4e12, max: 4e12 }), { seed: 1, numRuns: 200 });
    await started.client.dataset('d').createTable('times', { schema: 'ms:INTEGER' });
    await loadRows(
      started.client,
      ['d', 'times'],
      instants.map((ms) => ({ ms })),
    );
    const at = 'TIMESTAMP_MILLIS(ms)';
    const [rows] = await started.client.query(
      `SELECT ms, UNIX_MILLIS(TIMESTAMP_TRUNC(${at}, HOUR)) AS hour, UNIX_MILLIS(TIMESTAMP(DATE(${at}))) AS day,
         UNIX_SECONDS(${at}) AS seconds, TIMESTAMP_DIFF(${at}, TIMESTAMP_MILLIS(0), DAY) AS days,
         DATE_DIFF(DATE(${at}), DATE '1970-01-01', ISOWEEK) AS weeks
       FROM d.times`,
    );
    const floor = (ms: number, unit: number) => Math.floor(ms / unit);
    assert.equal(rows.length, 200);
    for (const row of rows) {
      const { ms } = row;
      assert.deepEqual(row, {
        ms,
        hour: floor(ms, 3_600_000) * 3_600_000,
        day: floor(ms, DAY_MS) * DAY_MS,
        seconds: floor(ms, 1000),
        days: Math.trunc(ms / DAY_MS) + 0,
        // 1 January 1970 was a Thursday.
        weeks: floor(floor(ms, DAY_MS) + 3, 7),
      });
    }
  });
});

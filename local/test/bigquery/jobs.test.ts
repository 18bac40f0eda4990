import assert from 'node:assert/strict';
import { loadRows, type Started, startWithClient } from './started.ts';

const SCHEMA = 'id:STRING,n:INTEGER,at:TIMESTAMP';
const APPEND = { schemaUpdateOptions: ['ALLOW_FIELD_ADDITION'] };

describe('bigquery: jobs', () => {
  let started: Started;
  let table = 0;
  const target = () => ['d', `t${table}`] as const;
  before(async () => {
    started = await startWithClient();
    await started.client.createDataset('d');
  });
  beforeEach(async () => {
    await started.client.dataset('d').createTable(`t${++table}`, { schema: SCHEMA });
  });
  after(() => started.stop());

  const ids = async () => {
    const [rows] = await started.client.query(`SELECT id FROM d.t${table} ORDER BY id`);
    return rows.map(({ id }: { id: string }) => id);
  };

  it('refuses a job id that was used before, and loads its rows once', async () => {
    const jobId = `once-${table}`;
    await loadRows(started.client, target(), [{ id: 'a' }], { jobId });
    await assert.rejects(loadRows(started.client, target(), [{ id: 'a' }], { jobId }), {
      code: 409,
      errors: [{ reason: 'duplicate', message: `Already Exists: Job ${jobId}`, domain: 'global' }],
    });
    assert.deepEqual(await ids(), ['a']);
    const [metadata] = await started.client.job(jobId).getMetadata();
    assert.deepEqual([metadata.status.state, metadata.statistics.load.outputRows], ['DONE', '1']);
  });

  const wrongRows: [string, object, RegExp][] = [
    ['an unknown field', { id: 'x', other: 1 }, /position 11: No such field: other/],
    ['a text for a number', { id: 'x', n: 'many' }, /Could not convert value to INTEGER\. Field: n; Value: "many"/],
    ['a fraction for a whole number', { id: 'x', n: 1.5 }, /Could not convert value to INTEGER/],
    ['a number beyond 64 bits', { id: 'x', n: '9223372036854775808' }, /Could not convert value to INTEGER/],
    ['a day that does not exist', { id: 'x', at: '2026-02-30T00:00:00Z' }, /Could not convert value to TIMESTAMP/],
    ['an object for a text', { id: {} }, /Could not convert value to STRING/],
  ];
  for (const [name, row, message] of wrongRows) {
    it(`loads nothing of a job with ${name}`, async () => {
      const job = await loadRows(started.client, target(), [{ id: 'a' }, row, { id: 'b' }]);
      const { state, errorResult } = job.metadata.status;
      assert.deepEqual([state, errorResult.reason], ['DONE', 'invalid']);
      assert.match(errorResult.message, message);
      assert.deepEqual(await ids(), []);
    });
  }

  it('adds fields only when the job says so', async () => {
    const schema = {
      fields: [
        ...SCHEMA.split(',').map((field) => ({ name: field.split(':')[0], type: field.split(':')[1] })),
        { name: 'more', type: 'FLOAT' },
      ],
    };
    const refused = await loadRows(started.client, target(), [{ id: 'a', more: 1 }], { schema });
    assert.match(refused.metadata.status.errorResult.message, /Cannot add fields \(field: more\)/);
    await loadRows(started.client, target(), [{ id: 'b', more: 2.5 }], { schema, ...APPEND });
    const [rows] = await started.client.query(`SELECT id, more FROM d.t${table}`);
    assert.deepEqual(rows, [{ id: 'b', more: 2.5 }]);
  });

  it('appends, truncates, and loads only into an empty table, as told', async () => {
    await loadRows(started.client, target(), [{ id: 'a' }]);
    await loadRows(started.client, target(), [{ id: 'b' }], { writeDisposition: 'WRITE_TRUNCATE' });
    const refused = await loadRows(started.client, target(), [{ id: 'c' }], { writeDisposition: 'WRITE_EMPTY' });
    assert.equal(refused.metadata.status.errorResult.reason, 'duplicate');
    assert.deepEqual(await ids(), ['b']);
    const created = await loadRows(started.client, ['d', `made${table}`], [{ id: 'n' }], {
      schema: { fields: [{ name: 'id', type: 'STRING' }] },
    });
    assert.equal(created.metadata.status.errorResult, undefined);
    const never = await loadRows(started.client, ['d', 'none'], [{ id: 'n' }], { createDisposition: 'CREATE_NEVER' });
    assert.equal(never.metadata.status.errorResult.reason, 'notFound');
    await assert.rejects(loadRows(started.client, target(), [], { autodetect: true }), {
      code: 400,
      message: /does not know autodetect/,
    });
  });

  it('loads at the same time without losing a row', async () => {
    const loads = Array.from({ length: 8 }, (_, at) =>
      loadRows(
        started.client,
        target(),
        Array.from({ length: 100 }, (_, n) => ({ id: `${at}-${n}`, n })),
      ),
    );
    await Promise.all(loads);
    const [rows] = await started.client.query(`SELECT COUNT(DISTINCT id) AS n, SUM(n) AS total FROM d.t${table}`);
    assert.deepEqual(rows, [{ n: 800, total: 8 * 4950 }]);
    const [metadata] = await started.client.dataset('d').table(`t${table}`).getMetadata();
    assert.equal(metadata.numRows, '800');
  });

  it('takes a resumable upload in pieces', async () => {
    const url = `${started.server.url}/upload/bigquery/v2/projects/demo-warehouse/jobs?uploadType=resumable`;
    const load = { sourceFormat: 'NEWLINE_DELIMITED_JSON', destinationTable: { datasetId: 'd', tableId: `t${table}` } };
    const opened = await fetch(url, {
      method: 'POST',
      body: JSON.stringify({ configuration: { load }, jobReference: { jobId: `pieces-${table}` } }),
    });
    const location = String(opened.headers.get('location'));
    const bytes = Buffer.from('{"id":"a"}\n{"id":"b"}\n');
    const put = (from: number, to: number) =>
      fetch(location, {
        method: 'PUT',
        body: bytes.subarray(from, to),
        headers: { 'Content-Range': `bytes ${from}-${to - 1}/${bytes.length}` },
      });
    const first = await put(0, 15);
    assert.deepEqual([first.status, first.headers.get('range')], [308, 'bytes=0-14']);
    assert.equal((await put(0, 15)).headers.get('range'), 'bytes=0-14');
    const last = (await (await put(15, bytes.length)).json()) as { status: { state: string } };
    assert.equal(last.status.state, 'DONE');
    assert.deepEqual(await ids(), ['a', 'b']);
  });

  it('pages through a query’s rows', async () => {
    await loadRows(
      started.client,
      target(),
      Array.from({ length: 25 }, (_, n) => ({ id: String(n), n })),
    );
    const [job] = await started.client.createQueryJob({
      query: `SELECT n FROM d.t${table} ORDER BY n`,
      jobId: `paged-${table}`,
    });
    const pages: number[] = [];
    let pageToken: string | undefined;
    do {
      const [rows, next] = await job.getQueryResults({
        maxResults: 10,
        autoPaginate: false,
        ...(pageToken && { pageToken }),
      });
      pages.push(rows.length);
      pageToken = (next as { pageToken?: string } | null)?.pageToken;
    } while (pageToken);
    assert.deepEqual(pages, [10, 10, 5]);
    assert.equal((await job.getQueryResults())[0].length, 25);
    await assert.rejects(started.client.createQueryJob({ query: 'SELECT 1', jobId: `paged-${table}` }), { code: 409 });
  });

  it('measures a query without running it, and keeps to maximumBytesBilled', async () => {
    await loadRows(started.client, target(), [{ id: 'a' }, { id: 'b' }]);
    const query = `SELECT id FROM d.t${table} WHERE id = @id`;
    const [job] = await started.client.createQueryJob({ query, params: { id: 'a' }, dryRun: true });
    assert.equal(job.metadata.statistics.totalBytesProcessed, '21');
    await assert.rejects(started.client.createQueryJob({ query: 'SELECT nope', dryRun: true }), {
      code: 400,
      message: /Unrecognized name/,
    });
    await assert.rejects(
      started.client.query({ query, params: { id: 'a' }, maximumBytesBilled: '20' }),
      (error: { errors?: { reason: string }[] }) => error.errors?.[0]?.reason === 'bytesBilledLimitExceeded',
    );
    assert.equal((await started.client.query({ query, params: { id: 'a' }, maximumBytesBilled: '21' }))[0].length, 1);
  });

  it('ends a query that fails while it runs with the reason', async () => {
    await assert.rejects(started.client.query('SELECT 1 / 0'), {
      code: 400,
      message: 'Invalid Input Error: division by zero',
    });
  });
});

import assert from 'node:assert/strict';
import { type Started, startWithClient } from './started.ts';

const QUERIES = '/projects/demo-warehouse/queries';
const TABLES = '/projects/demo-warehouse/datasets/d/tables';

/** A request that Google's client would not send, and its answer. */
const WRONG: [method: string, path: string, body: string | undefined, status: number, reason: string][] = [
  ['POST', QUERIES, '{', 400, 'parseError'],
  ['POST', QUERIES, '[]', 400, 'invalid'],
  ['POST', QUERIES, '{"query":"SELECT 1"}', 400, 'invalid'],
  ['POST', QUERIES, '{"query":"SELECT ?","useLegacySql":false,"parameterMode":"POSITIONAL"}', 400, 'invalid'],
  ['POST', QUERIES, '{"query":"SELECT @a","useLegacySql":false,"queryParameters":[null]}', 400, 'invalid'],
  ['GET', `${QUERIES}/none`, undefined, 404, 'notFound'],
  ['GET', '/projects/demo-warehouse/jobs/none', undefined, 404, 'notFound'],
  ['GET', '/projects/other/jobs/none', undefined, 404, 'notFound'],
  ['POST', '/projects/demo-warehouse/jobs', '{"configuration":null}', 400, 'invalid'],
  [
    'POST',
    '/projects/demo-warehouse/jobs',
    '{"configuration":{"query":{"query":"SELECT 1","useLegacySql":false}},"jobReference":{"jobId":"a b"}}',
    400,
    'invalid',
  ],
  ['POST', '/projects/demo-warehouse/datasets', '{"datasetReference":null}', 400, 'invalid'],
  ['POST', TABLES, '{"tableReference":{"tableId":"t"},"schema":{"fields":[null]}}', 400, 'invalid'],
  ['PATCH', `${TABLES}/none`, '{}', 404, 'notFound'],
  ['DELETE', TABLES, undefined, 501, 'notImplemented'],
  ['GET', '/projects/demo-warehouse/datasets/%ZZ', undefined, 400, 'parseError'],
  ['GET', '/elsewhere', undefined, 404, 'notFound'],
];

describe('bigquery: wrong requests', () => {
  let started: Started;
  before(async () => {
    started = await startWithClient();
    await started.client.createDataset('d');
  });
  after(() => started.stop());

  for (const [method, path, body, status, reason] of WRONG) {
    it(`answers ${status} to ${method} ${path} ${body ?? ''}`, async () => {
      const answer = await fetch(`${started.server.url}/bigquery/v2${path}`, {
        method,
        ...(body !== undefined && { body }),
      });
      const { error } = (await answer.json()) as { error: { code: number; errors: { reason: string }[] } };
      assert.deepEqual([answer.status, error.code, error.errors[0]?.reason], [status, status, reason]);
    });
  }

  const upload = (type: string, body: string, headers: Record<string, string> = {}) =>
    fetch(`${started.server.url}/upload/bigquery/v2/projects/demo-warehouse/jobs?uploadType=${type}`, {
      method: 'POST',
      body,
      headers,
    });

  it('refuses uploads that are malformed or of another kind', async () => {
    assert.equal((await upload('media', '')).status, 400);
    assert.equal(
      (await upload('multipart', 'nothing', { 'Content-Type': 'multipart/related; boundary=x' })).status,
      400,
    );
    assert.equal((await upload('resumable&upload_id=none', '')).status, 404);
  });

  it('changes a table only under the etag that was read', async () => {
    const [table] = await started.client.dataset('d').createTable('t', { schema: 'id:STRING' });
    const { etag } = (await table.getMetadata())[0];
    const patch = () =>
      fetch(`${started.server.url}/bigquery/v2${TABLES}/t`, {
        method: 'PATCH',
        headers: { 'If-Match': etag },
        body: '{"description":"x"}',
      });
    assert.deepEqual([(await patch()).status, (await patch()).status], [200, 412]);
  });
});

import assert from 'node:assert/strict';
import { type Client, clientFor, database, type QuietStack, quietStack } from '../../stack/harness.ts';
import { assertRefusal } from '../refusal.ts';
import { download } from './download.ts';

describe('asking for an export', function () {
  this.timeout(60_000);
  let stack: QuietStack;
  let analyst: Client;

  before(async () => {
    stack = await quietStack();
    analyst = await clientFor(stack, 'analyst', { role: 'analyst' });
  });
  after(() => stack?.stop());

  for (const [query, empty] of [
    ['dataset=generations', /^generationId,source,.*,quality\r\n$/],
    ['dataset=events', /^eventId,type,recordedAt,occurredAt,userKey,cellKey,body\r\n$/],
    ['dataset=rollups', /^bucketStart,bucketEnd,.*,ratings5\r\n$/],
    ['dataset=events&format=json', /^\[\n\]\n$/],
    ['dataset=rollups&format=json', /^\[\n\]\n$/],
    ['dataset=events&format=ndjson', /^$/],
  ] as const) {
    it(`gives a proper file of nothing for ${query}`, async () => {
      assert.match((await download(stack.url, analyst.idToken, query)).text, empty);
    });
  }

  for (const [query, path] of [
    ['', 'dataset'],
    ['dataset=users', 'dataset'],
    ['dataset=events&format=xlsx', 'format'],
    ['dataset=events&from=2024-11-01', 'to'],
    ['dataset=events&from=2024-11-02&to=2024-11-01', 'to'],
    ['dataset=events&range=24h&from=2024-11-01&to=2024-11-02', 'range'],
    ['dataset=events&range=90d', 'range'],
    ['dataset=events&tz=Mars/Olympus', 'tz'],
    ['dataset=events&types=generation.exploded', 'types'],
    ['dataset=events&types=', 'types'],
    ['dataset=events&provider=kling', 'provider'],
    ['dataset=generations&types=signup', 'types'],
    ['dataset=generations&granularity=1d', 'granularity'],
    ['dataset=generations&kind=opera', 'kind'],
    ['dataset=rollups&style=noir', 'style'],
    ['dataset=rollups&granularity=5m', 'granularity'],
    ['dataset=rollups&granularity=1d&zone=Asia/Tokyo', 'zone'],
    ['dataset=rollups&granularity=1h&from=2039-01-01&to=2039-01-02', 'from'],
    ['dataset=events&limit=5', ''],
  ] as const) {
    it(`refuses ?${query}`, async () => {
      const answer = await analyst.call('GET', `/export?${query}`);
      const { errors } = assertRefusal(answer, { status: 400, code: 'invalid_request' });
      assert.equal(errors?.[0]?.path, path);
    });
  }

  it('is for analysts and admins', async () => {
    const ann = await clientFor(stack, 'ann');
    const ingest = await clientFor(stack, 'ingest', { role: 'ingest' });
    for (const path of ['/export?dataset=events', '/exports', '/exports/x']) {
      assertRefusal(await ann.call('GET', path), { status: 403, code: 'forbidden' });
      assertRefusal(await ingest.call('GET', path), { status: 403, code: 'forbidden' });
    }
    const admin = await clientFor(stack, 'admin', { role: 'admin' });
    assert.equal((await admin.call('GET', '/export?dataset=events')).status, 200);
  });

  it('knows no export that is not there', async () => {
    assertRefusal(await analyst.call('GET', '/exports/nothere'), { status: 404, code: 'not_found' });
    assert.deepEqual((await analyst.call('GET', '/exports')).body, { exports: [] });
  });

  it('is written into the audit log, at its beginning and at its end', async () => {
    const auditor = await clientFor(stack, 'auditor', { role: 'analyst' });
    await download(stack.url, auditor.idToken, 'dataset=generations&format=ndjson&kind=text_to_video');
    const found = await (await database()).collection('audit_log').where('actor.uid', '==', 'auditor').get();
    const told = found.docs.map((doc) => doc.data()).sort((a, b) => (a.action < b.action ? 1 : -1));
    assert.deepEqual(
      told.map(({ action, after }) => [action, after.dataset, after.format, after.kind, after.rows, after.isComplete]),
      [
        ['export.started', 'generations', 'ndjson', 'text_to_video', undefined, undefined],
        ['export.ended', 'generations', 'ndjson', 'text_to_video', 0, true],
      ],
    );
    assert.equal(told[0]?.target.id, told[1]?.target.id);
  });
});

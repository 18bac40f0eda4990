import assert from 'node:assert/strict';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { type FixtureHost, START_MS, startFixture } from './fixture-host.ts';

describe('host: who may use the control API', () => {
  let fixture: FixtureHost;

  before(async () => {
    fixture = await startFixture();
  });
  after(() => fixture.stop());

  /** fetch sets Host itself, so this asks by node:http. */
  function ask(headers: Record<string, string>): Promise<{ status: number | undefined; body: string }> {
    return new Promise((resolve, reject) => {
      request(`${fixture.host.url}/__local/clock`, { method: 'POST', headers }, async (answer) => {
        resolve({ status: answer.statusCode, body: await text(answer) });
      })
        .on('error', reject)
        .end('{"advanceMs":0}');
    });
  }

  const ALLOWED = [
    { host: '127.0.0.1' },
    { host: '127.0.0.1:5000' },
    { host: 'localhost:5000' },
    { host: 'LOCALHOST:1', origin: 'http://localhost:3000' },
    { host: '127.0.0.1:5000', origin: 'http://127.0.0.1:5000' },
    { host: '127.0.0.1:5000', origin: 'http://localhost' },
  ];
  for (const headers of ALLOWED) {
    it(`serves ${JSON.stringify(headers)}`, async () => {
      const { status, body } = await ask(headers);
      assert.deepEqual([status, JSON.parse(body).nowMs], [200, START_MS]);
    });
  }

  const REFUSED = [
    { headers: { host: 'evil.test' }, error: 'the control API is not for the host evil.test' },
    {
      headers: { host: '127.0.0.1.evil.test:5000' },
      error: 'the control API is not for the host 127.0.0.1.evil.test:5000',
    },
    ...[
      'http://evil.test',
      'null',
      'https://localhost',
      'http://localhost.evil.test',
      'http://127.0.0.1:80@evil.test',
    ].map((origin) => ({
      headers: { host: '127.0.0.1:5000', origin },
      error: `the control API is not for pages of ${origin}`,
    })),
  ];
  for (const { headers, error } of REFUSED) {
    it(`refuses ${JSON.stringify(headers)}`, async () => {
      const { status, body } = await ask(headers);
      assert.deepEqual([status, JSON.parse(body)], [403, { error }]);
    });
  }
});

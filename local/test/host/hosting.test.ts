import assert from 'node:assert/strict';
import { createServer, type RequestListener, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { throughHosting } from '../../host/hosting/through-hosting.ts';
import { type FixtureHost, json, PROJECT, startFixture } from './fixture-host.ts';

describe('host: hosting', () => {
  let fixture: FixtureHost;
  before(async () => {
    fixture = await startFixture();
  });
  after(() => fixture.stop());

  const get = (path: string, headers: Record<string, string> = {}) =>
    fetch(fixture.host.url + path, { redirect: 'manual', headers });

  const pages = [
    { name: 'the index', path: '/', status: 200, body: '<h1>home</h1>\n' },
    { name: 'a clean URL', path: '/about', status: 200, body: '<h1>about</h1>\n' },
    { name: 'a rewrite to a file', path: '/app/any/where', status: 200, body: '<h1>home</h1>\n' },
    { name: 'the 404 page', path: '/nowhere', status: 404, body: '<h1>lost</h1>\n' },
    { name: 'nothing that is ignored', path: '/key.secret', status: 404, body: '<h1>lost</h1>\n' },
    { name: 'nothing above the public folder', path: '/..%2ffirebase.json', status: 404, body: '<h1>lost</h1>\n' },
  ];
  for (const { name, path, status, body } of pages) {
    it(`serves ${name}`, async () => {
      const answer = await get(path);
      assert.deepEqual([answer.status, await answer.text()], [status, body]);
    });
  }

  const redirects = [
    { path: '/old/page?x=1', status: 302, location: '/new/page?x=1' },
    { path: '/gone', status: 301, location: 'https://example.com/' },
    { path: '/about.html', status: 301, location: '/about' },
  ];
  for (const { path, status, location } of redirects) {
    it(`redirects ${path}`, async () => {
      const answer = await get(path);
      assert.deepEqual([answer.status, answer.headers.get('location')], [status, location]);
    });
  }

  it('sets the headers of firebase.json by glob', async () => {
    assert.equal((await get('/app.js')).headers.get('cache-control'), 'public, max-age=60');
    assert.equal((await get('/about')).headers.get('cache-control'), null);
    assert.equal((await get('/api/x')).headers.get('x-robots-tag'), 'noindex');
  });

  it('hands a rewrite to the function with the full path, forwarded headers and the session cookie only', async () => {
    const answer = await get('/api/v1/things?x=1', { cookie: 'a=1; __session=s; b=2' });
    const { url, headers } = await json(answer);
    assert.equal(url, '/api/v1/things?x=1');
    assert.equal(headers.cookie, '__session=s');
    assert.equal(headers['x-forwarded-host'], new URL(fixture.host.url).host);
    assert.equal(headers['x-forwarded-proto'], 'http');
    assert.equal(headers['x-forwarded-for'], '127.0.0.1');
  });

  it('appends the address that it saw to what the caller wrote, once, through Hosting or not', async () => {
    for (const path of ['/api/x', `/${PROJECT}/us-central1/echo/api/x`]) {
      const { headers } = await json(await get(path, { 'x-forwarded-for': '10.0.0.1, 10.0.0.2' }));
      assert.equal(headers['x-forwarded-for'], '10.0.0.1, 10.0.0.2, 127.0.0.1', path);
    }
  });

  it('keeps answers of functions private', async () => {
    const { headers } = await get('/api/x');
    assert.equal(headers.get('cache-control'), 'private');
    assert.equal(headers.get('vary'), 'Origin, Accept-Encoding, Authorization, Cookie');
    assert.equal(headers.get('set-cookie'), 'extra=1');
  });

  it('knows alternatives in globs and functions with a region', async () => {
    assert.equal((await get('/v2/two')).status, 200);
    assert.equal((await get('/v2/three')).status, 404);
  });

  it('answers whatever path it is asked for', async () => {
    const paths = [
      '//',
      '//x',
      '/%00',
      '/%E0%A4%A',
      `/${'x'.repeat(5000)}`,
      '/app.js/',
      '/./../..',
      '/api/%2e%2e/x',
      '/?',
      '/*',
    ];
    for (const path of paths) {
      const status = await new Promise<number>((done, failed) => {
        const { hostname, port } = new URL(fixture.host.url);
        const outgoing = request({ hostname, port, path }, (answer) => done(answer.resume().statusCode ?? 0));
        outgoing.setTimeout(1000, () => outgoing.destroy(new Error(`no answer for ${path.slice(0, 20)}`)));
        outgoing.on('error', failed).end();
      });
      assert.ok(status >= 200 && status < 500, `${status} for ${path.slice(0, 20)}`);
    }
  });

  it('passes the body on', async () => {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${fixture.host.url}/api/x`, { method: 'POST', headers, body: '{"a":1}' });
    const { method, body } = await json(answer);
    assert.deepEqual([method, body], ['POST', { a: 1 }]);
  });
});

describe('host: hosting in front of a function', () => {
  const cases: { name: string; serve: RequestListener; expected: Record<string, string | null>; status: number }[] = [
    {
      name: 'drops Set-Cookie from what may be cached',
      serve: (_req, res) => res.writeHead(200, { 'Cache-Control': 'public, max-age=9', 'Set-Cookie': 'a=1' }).end(),
      expected: {
        'cache-control': 'public, max-age=9',
        'set-cookie': null,
        vary: 'Accept-Encoding, Authorization, Cookie',
      },
      status: 200,
    },
    {
      name: 'keeps Set-Cookie, and headers that come as a list, on private answers',
      serve: (_req, res) => res.writeHead(201, 'Made', ['X-A', '1', 'Set-Cookie', 'a=1', 'Vary', 'cookie']).end(),
      expected: {
        'cache-control': 'private',
        'set-cookie': 'a=1',
        'x-a': '1',
        vary: 'cookie, Accept-Encoding, Authorization',
      },
      status: 201,
    },
    {
      name: 'answers 504 when the function takes too long',
      serve: () => undefined,
      expected: { 'cache-control': 'private' },
      status: 504,
    },
  ];
  for (const { name, serve, expected, status } of cases) {
    it(name, async () => {
      const server = createServer(throughHosting(serve, 50));
      await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
      const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
      assert.equal(answer.status, status);
      for (const [header, value] of Object.entries(expected)) assert.equal(answer.headers.get(header), value);
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    });
  }
});

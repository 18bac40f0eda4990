import assert from 'node:assert/strict';
import { type Client, clientFor, type QuietStack, quietStack, send } from '../stack/harness.ts';
import { directUrl, raw } from './raw.ts';
import { assertRefusal } from './refusal.ts';

const SITE = 'https://app.example.com';
const STAGING = 'https://staging.example.com';
const WISH = { model: 'veo-3.1-fast-generate-001', prompt: 'a lighthouse at dusk', durationSec: 4 };

describe('the edge of the API', () => {
  let stack: QuietStack;
  let ann: Client;

  before(async function () {
    this.timeout(30_000);
    stack = await quietStack({ env: { ALLOWED_ORIGINS: `${SITE} , ${STAGING},` } });
    ann = await clientFor(stack, 'ann');
  });
  after(() => stack?.stop());

  describe('request ids', () => {
    const idOf = async (given?: string) => {
      const { headers } = await ann.call(
        'GET',
        '/models',
        undefined,
        given === undefined ? {} : { 'X-Request-Id': given },
      );
      return headers.get('x-request-id') ?? '';
    };
    const answeredLines = (requestId: string) =>
      stack.logs.lines.filter((line) => line.requestId === requestId && line.message === 'answered');

    it('a plain one of the caller’s is kept, answered and logged', async () => {
      assert.equal(await idOf('Trace-0123456789'), 'Trace-0123456789');
      const [line, ...more] = answeredLines('Trace-0123456789');
      assert.equal(more.length, 0);
      assert.equal(line?.component, 'http');
      assert.deepEqual([line?.method, line?.route, line?.status], ['GET', '/api/v1/models', 200]);
    });

    it('one is made where there is none', async () => {
      const [a, b] = [await idOf(), await idOf()];
      assert.match(a, /^[0-9a-f-]{36}$/);
      assert.notEqual(a, b);
      assert.equal(answeredLines(a).length, 1);
    });

    for (const bad of [
      'short',
      'x'.repeat(65),
      'with space',
      'a"b"c"d"e',
      '{"severity":"ERROR"}',
      'ünïcödé!',
      '../../../x',
    ]) {
      it(`a strange one is replaced: ${bad.slice(0, 20)}`, async () => {
        assert.match(await idOf(bad), /^[0-9a-f-]{36}$/);
      });
    }

    it('stands in the body and header of a refusal and in its log line', async () => {
      const answer = await ann.call('GET', '/generations/none', undefined, { 'X-Request-Id': 'refused-1234' });
      assert.equal(assertRefusal(answer, { status: 404 }).requestId, 'refused-1234');
      assert.equal(answeredLines('refused-1234')[0]?.status, 404);
    });

    it('stands in the lines of what the request caused', async () => {
      await ann.call('POST', '/generations', WISH, { 'X-Request-Id': 'a-wish-1234' });
      assert.equal(answeredLines('a-wish-1234').length, 1);
    });
  });

  describe('other origins', () => {
    const withOrigin = (Origin: string, method = 'GET', more: Record<string, string> = {}) =>
      raw(stack.url, {
        method,
        path: '/api/v1/models',
        headers: { Origin, Authorization: `Bearer ${ann.idToken}`, ...more },
      });

    for (const origin of [SITE, STAGING]) {
      it(`that are allowed may read answers: ${origin}`, async () => {
        const { status, headers } = await withOrigin(origin);
        assert.equal(status, 200);
        assert.equal(headers['access-control-allow-origin'], origin);
        assert.match(headers.vary ?? '', /\bOrigin\b/);
        assert.match(headers['access-control-expose-headers'] ?? '', /Idempotency-Replayed/);
      });
    }

    for (const origin of [
      'https://evil.example',
      'null',
      `${SITE}.evil.example`,
      'http://app.example.com',
      `${SITE}:8443`,
      '*',
    ]) {
      it(`may not where they are not: ${origin}`, async () => {
        assert.equal((await withOrigin(origin)).headers['access-control-allow-origin'], undefined);
        const preflight = await withOrigin(origin, 'OPTIONS', { 'Access-Control-Request-Method': 'POST' });
        assert.equal(preflight.headers['access-control-allow-origin'], undefined);
      });
    }

    it('ask first, and are told what they may send; that needs no token', async () => {
      const { status, headers, text } = await raw(stack.url, {
        method: 'OPTIONS',
        path: '/api/v1/generations',
        headers: {
          Origin: SITE,
          'Access-Control-Request-Method': 'POST',
          'Access-Control-Request-Headers': 'authorization,idempotency-key,if-none-match,last-event-id',
        },
      });
      assert.equal(status, 204);
      assert.equal(text, '');
      assert.equal(headers['access-control-allow-origin'], SITE);
      assert.match(headers['access-control-allow-methods'] ?? '', /\bPOST\b/);
      const allowed = headers['access-control-allow-headers'] ?? '';
      for (const name of ['Idempotency-Key', 'If-None-Match', 'Last-Event-ID']) assert.ok(allowed.includes(name), name);
      assert.equal(headers['access-control-max-age'], '3600');
      assert.equal(headers['access-control-allow-credentials'], undefined);
    });

    it('may read the tag of an answer and the name of a download', async () => {
      const { headers } = await withOrigin(SITE);
      const exposed = headers['access-control-expose-headers'] ?? '';
      for (const name of ['ETag', 'Content-Disposition', 'Location']) assert.ok(exposed.includes(name), name);
    });

    it('may read refusals, too', async () => {
      const { headers } = await withOrigin(SITE, 'GET', { Authorization: 'Bearer x' });
      assert.equal(headers['access-control-allow-origin'], SITE);
    });
  });

  describe('addresses and methods', () => {
    for (const path of [
      '/api/v1/nothing',
      '/api/v2/generations',
      '/api/v1',
      '/api/v1/generations/a/b/c',
      '/api/v1/models/x',
    ]) {
      it(`nothing is at ${path}`, async () => {
        const answer = await send(`${stack.url}${path}`, 'GET', undefined, { Authorization: `Bearer ${ann.idToken}` });
        assertRefusal(answer, { status: 404, code: 'not_found' });
      });
    }

    const wrong: [string, string, string][] = [
      ['PATCH', '/generations/abc', 'GET, HEAD, DELETE'],
      ['PUT', '/generations', 'POST, GET, HEAD'],
      ['PATCH', '/generations/abc/rating', 'PUT'],
      ['GET', '/generations/abc/cancel', 'POST'],
      ['POST', '/models', 'GET, HEAD'],
      ['POST', '/health', 'GET, HEAD'],
    ];
    for (const [method, path, allow] of wrong) {
      it(`${path} does not take ${method}`, async () => {
        const answer = await ann.call(method, path);
        assertRefusal(answer, { status: 405, code: 'method_not_allowed' });
        assert.equal(answer.headers.get('allow'), allow);
      });
    }

    it('HEAD is GET without the body', async () => {
      const { Date: _date, ...get } = Object.fromEntries((await ann.call('GET', '/models')).headers);
      const answer = await ann.call('HEAD', '/models');
      assert.equal(answer.status, 200);
      assert.equal(answer.body, '');
      for (const name of ['content-type', 'cache-control', 'vary']) assert.equal(answer.headers.get(name), get[name]);
      assert.equal((await send(`${stack.url}/api/v1/models`, 'HEAD')).status, 401);
    });
  });

  describe('bodies', () => {
    const create = (body: string, chunked: boolean) =>
      raw(stack.url, {
        ...{ method: 'POST', path: '/api/v1/generations', body, chunked },
        headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${ann.idToken}` },
      });

    for (const chunked of [false, true]) {
      it(`over 20 MiB are refused, ${chunked ? 'in chunks' : 'told beforehand'}`, async () => {
        const { status, headers, text } = await create(
          JSON.stringify({ ...WISH, x: 'x'.repeat(20 * 2 ** 20) }),
          chunked,
        );
        assertRefusal({ status, headers, body: text }, { status: 413, code: 'too_large' });
      });

      it(`are taken ${chunked ? 'in chunks' : 'with their length'}`, async () => {
        const { status, text } = await create(JSON.stringify(WISH), chunked);
        assert.equal(status, 202, text);
      });
    }
  });

  describe('headers', () => {
    it('every answer is private, and differs by who asks', async () => {
      const id = await ann.generate();
      await stack.host.drainTasks();
      const answers = [
        await ann.call('GET', '/models'),
        await ann.call('GET', '/generations'),
        await ann.call('GET', `/generations/${id}`),
        await ann.call('GET', `/generations/${id}/metrics`),
        await ann.call('PUT', `/generations/${id}/rating`, { stars: 5 }),
        await ann.call('POST', '/generations', WISH),
        await ann.call('GET', '/health'),
        await send(`${stack.url}/api/v1/openapi.json`),
      ];
      for (const { status, headers } of answers) {
        assert.ok(status < 300, `${status}`);
        assert.match(headers.get('cache-control') ?? '', /^(private|no-store)/);
        assert.match(headers.get('vary') ?? '', /\bAuthorization\b/);
        assert.equal(headers.get('x-content-type-options'), 'nosniff');
      }
    });
  });

  describe('through Hosting and at the function’s own address', () => {
    const requests: [string, string, object?][] = [
      ['GET', '/api/v1/models'],
      ['GET', '/api/v1/generations?limit=5'],
      ['GET', '/api/v1/generations/none'],
      ['GET', '/api/v1/nothing'],
      ['POST', '/api/v1/generations', { model: 5 }],
      ['PUT', '/api/v1/generations/none/rating', { stars: 5 }],
      ['GET', '/api/v1/openapi.json'],
      ['DELETE', '/api/v1/models'],
    ];
    for (const [method, path, body] of requests) {
      it(`the same answer: ${method} ${path}`, async () => {
        const headers = { Authorization: `Bearer ${ann.idToken}`, 'X-Request-Id': 'the-same-one' };
        const [hosted, direct] = await Promise.all(
          [stack.url, directUrl(stack.url)].map((base) => send(`${base}${path}`, method, body, headers)),
        );
        assert.equal(hosted?.status, direct?.status);
        assert.deepEqual(hosted?.body, direct?.body);
        for (const name of ['content-type', 'cache-control', 'x-request-id', 'allow']) {
          assert.equal(hosted?.headers.get(name), direct?.headers.get(name), name);
        }
      });
    }
  });
});

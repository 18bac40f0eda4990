import assert from 'node:assert/strict';
import { ROUTES } from '../../src/core/access/routes.ts';
import { directUrl, raw } from '../http/raw.ts';
import { clientFor, type QuietStack, quietStack } from '../stack/harness.ts';

const MINUTE_MS = 60_000;
/** Fewer than an address may send in a minute. */
const ASKED_IN_A_MINUTE = 50;

/** Other ways to write a path, none of which may be a way around the guard. */
const SPELLINGS: Record<string, (path: string) => string> = {
  'as it is': (path) => path,
  'with a slash at the end': (path) => `${path}/`,
  'with slashes doubled': (path) => path.replaceAll('/', '//'),
  'in capitals': (path) => path.toUpperCase(),
  'with slashes encoded': (path) => `/api${path.slice(4).replaceAll('/', '%2F')}`,
  'with a letter encoded': (path) => path.replace('v1', '%761'),
  'with dots': (path) => path.replace('/api/', '/api/health/../'),
  'with a matrix parameter': (path) => `${path};a=b`,
  'with a query': (path) => `${path}?limit=1`,
};

describe('no way around the guard', () => {
  let stack: QuietStack;
  let ann: { Authorization: string };
  const guarded = Object.entries(ROUTES).flatMap(([route, access]) => {
    const [method = '', path = ''] = route.split(' ');
    return access.who === 'anybody' ? [] : [{ method, path: path.replaceAll(/:\w+/g, 'x'), access }];
  });

  before(async function () {
    this.timeout(30_000);
    stack = await quietStack();
    ann = { Authorization: `Bearer ${(await clientFor(stack, 'ann')).idToken}` };
  });
  after(() => stack?.stop());

  let asked = 0;
  /** Past Hosting, which would tidy the path up. */
  const ask = async (method: string, path: string, headers: Record<string, string> = {}) => {
    if (asked++ % ASKED_IN_A_MINUTE === 0) await stack.host.advanceBy(MINUTE_MS);
    return raw(directUrl(stack.url), { method, path, headers });
  };

  for (const [name, spell] of Object.entries(SPELLINGS)) {
    it(`lets nobody in by a path ${name}`, async () => {
      for (const { method, path } of guarded) {
        const { status, text } = await ask(method, spell(path));
        assert.ok([400, 401, 404, 405].includes(status), `${method} ${spell(path)}: ${status} ${text}`);
      }
    });

    it(`lets no user in where an admin belongs by a path ${name}`, async () => {
      for (const { method, path, access } of guarded) {
        if (access.who === 'users') continue;
        const { status, text } = await ask(method, spell(path), ann);
        assert.ok([400, 403, 404, 405].includes(status), `${method} ${spell(path)}: ${status} ${text}`);
        if (status === 400) assert.match(text, /address|unreadable|cannot be read/i, `${method} ${spell(path)}`);
      }
    });
  }

  it('asks by HEAD who it is, as by GET, and answers no body', async () => {
    for (const { method, path, access } of guarded) {
      // The stream has an address of its own, beside the site.
      if (method !== 'GET' || path === '/api/v1/live') continue;
      const { status, text } = await ask('HEAD', path);
      assert.deepEqual([status, text], [401, ''], path);
      if (access.who !== 'users') {
        assert.equal((await ask('HEAD', path, ann)).status, 403, path);
      }
    }
  });

  it('goes by the method of the request alone', async () => {
    const headers = { 'X-HTTP-Method-Override': 'GET', 'X-HTTP-Method': 'GET', 'X-Method-Override': 'GET' };
    for (const { path } of guarded) {
      const { status } = await ask('OPTIONS', path, headers);
      assert.ok([204, 401, 404, 405].includes(status), `${path}: ${status}`);
    }
    const { status } = await ask('PATCH', '/api/v1/health?_method=GET', headers);
    assert.equal(status, 405);
  });
});

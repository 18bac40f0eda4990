import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { makeFunctionsFolder } from './env-folder.ts';
import { direct, type FixtureHost, json, PROJECT, START_MS, startFixture, until } from './fixture-host.ts';

const ENV_FILES = {
  '.env':
    "# What every project gets.\nFROM_ENV=base # a comment\nFROM_PROJECT=base\nFROM_LOCAL='base'\nCOLOURS=red,green\n",
  [`.env.${PROJECT}`]: 'FROM_PROJECT=project\nFROM_LOCAL=project\n',
  '.env.local': 'export FROM_LOCAL="local\\tvalue"\n',
  '.secret.local': 'API_KEY=a-local-secret\n',
};

describe('host: https and callable functions', () => {
  let fixture: FixtureHost;
  let auth: Server;
  let folder: ReturnType<typeof makeFunctionsFolder>;

  before(async () => {
    folder = makeFunctionsFolder(ENV_FILES);
    auth = createServer((_req, res) => res.end(JSON.stringify({ users: [{ localId: 'ada' }] })));
    await new Promise<void>((done) => auth.listen(0, '127.0.0.1', done));
    const { port } = auth.address() as AddressInfo;
    const env = { FIREBASE_AUTH_EMULATOR_HOST: `127.0.0.1:${port}`, FROM_STACK: 'stack', GREETING: 'hi' };
    fixture = await startFixture({ env, functionsDir: folder.dir });
  });
  after(async () => {
    await fixture.stop();
    folder.remove();
    await new Promise((done) => auth.close(done));
  });

  it('hands the path after the name to the function, with query and method', async () => {
    const answer = await fetch(direct(fixture.host, 'echo', '/a/b%20c?x=1&x=2'), { method: 'PUT' });
    const { method, url, path, query } = await json(answer);
    assert.deepEqual(
      { method, url, path, query },
      { method: 'PUT', url: '/a/b%20c?x=1&x=2', path: '/a/b%20c', query: { x: ['1', '2'] } },
    );
    const bare = await json(await fetch(direct(fixture.host, 'echo')));
    assert.deepEqual([bare.url, bare.body, bare.rawBytes], ['/', {}, null]);
  });

  const bodies = [
    { name: 'JSON', type: 'application/json', body: '{"a":[1]}', expected: { a: [1] } },
    {
      name: 'a form',
      type: 'application/x-www-form-urlencoded',
      body: 'a=1&b[c]=2',
      expected: { a: '1', b: { c: '2' } },
    },
    { name: 'text', type: 'text/plain', body: 'plain', expected: 'plain' },
    {
      name: 'anything else',
      type: 'application/x-thing',
      body: 'raw',
      expected: Buffer.from('raw').toString('base64'),
    },
  ];
  for (const { name, type, body, expected } of bodies) {
    it(`parses ${name} by its content type and keeps the raw bytes`, async () => {
      const headers = { 'content-type': type };
      const answer = await json(await fetch(direct(fixture.host, 'echo'), { method: 'POST', headers, body }));
      assert.deepEqual([answer.body, answer.rawBytes], [expected, body.length]);
    });
  }

  it('refuses malformed JSON with 400 and more than 32 MB with 413', async () => {
    const send = (body: string) =>
      fetch(direct(fixture.host, 'echo'), { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    assert.equal((await send('{')).status, 400);
    assert.equal((await send(`"${'x'.repeat(33 * 2 ** 20)}"`)).status, 413);
  });

  it('leaves CORS to the function', async () => {
    const headers = { origin: 'https://app.example', 'access-control-request-method': 'POST' };
    const answer = await fetch(direct(fixture.host, 'echo'), { method: 'OPTIONS', headers });
    assert.equal(answer.headers.get('access-control-allow-origin'), 'https://app.example');
  });

  it('answers 404 for functions, regions and projects that do not exist', async () => {
    const paths = [`/${PROJECT}/us-central1/none`, `/${PROJECT}/europe-west1/echo`, `/other/us-central1/echo`, '/%'];
    const statuses = await Promise.all(paths.map(async (path) => (await fetch(fixture.host.url + path)).status));
    assert.deepEqual(statuses, [404, 404, 404, 400]);
  });

  it('gives files, params and secrets as the CLI would, and the stack the last word', async () => {
    const { params, env, clockMs } = await json(await fetch(direct(fixture.host, 'settings')));
    assert.deepEqual(params, ['hi', `https://${PROJECT}.web.app`, 7, ['red', 'green'], 'a-local-secret']);
    assert.deepEqual(env, {
      FROM_ENV: 'base',
      FROM_PROJECT: 'project',
      FROM_LOCAL: 'local\tvalue',
      FROM_STACK: 'stack',
      GCLOUD_PROJECT: PROJECT,
    });
    assert.equal(clockMs, START_MS);
  });

  const call = (authorization?: string) =>
    fetch(direct(fixture.host, 'group-hello'), {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(authorization && { authorization }) },
      body: JSON.stringify({ data: { x: 1 } }),
    });

  it('refuses a callable with a bad token, as production does', async () => {
    const answer = await call('Bearer garbage');
    assert.deepEqual([answer.status, (await json(answer)).error.status], [401, 'UNAUTHENTICATED']);
  });

  it('runs a callable without a token and with one of the Auth emulator', async () => {
    assert.deepEqual(await json(await call()), { result: { uid: null, got: { x: 1 } } });
    const seconds = Math.floor(Date.now() / 1000);
    const claims = {
      aud: PROJECT,
      iss: `https://securetoken.google.com/${PROJECT}`,
      sub: 'ada',
      iat: seconds,
      auth_time: seconds,
      exp: seconds + 600,
    };
    const token = [{ alg: 'none', typ: 'JWT' }, claims].map((part) =>
      Buffer.from(JSON.stringify(part)).toString('base64url'),
    );
    assert.deepEqual(await json(await call(`Bearer ${token.join('.')}.`)), {
      result: { uid: 'ada', got: { x: 1 } },
    });
  });

  it('refuses a task call without a token', async () => {
    const answer = await fetch(direct(fixture.host, 'work'), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ data: {} }),
    });
    assert.equal(answer.status, 401);
  });

  it('answers 500 when a function throws, and 504 or a closed stream after timeoutSeconds', async () => {
    assert.equal((await fetch(direct(fixture.host, 'broken'))).status, 500);
    const [silent, started] = await Promise.all([
      fetch(direct(fixture.host, 'slow')),
      fetch(direct(fixture.host, 'slow', '?start=1')).then((answer) => answer.text().catch((error) => error.name)),
    ]);
    assert.equal(silent.status, 504);
    assert.equal(started, 'TypeError');
  });

  it('streams, and tells the function when the reader leaves', async () => {
    const leaving = new AbortController();
    const answer = await fetch(direct(fixture.host, 'stream'), { signal: leaving.signal });
    const first = await answer.body?.getReader().read();
    assert.equal(new TextDecoder().decode(first?.value), 'data: first\n\n');
    assert.deepEqual(fixture.ran('stream'), []);
    leaving.abort();
    await until(() => fixture.ran('stream').length === 1);
  });

  it('lists its functions with kinds and URLs', async () => {
    const { functions } = await json(await fetch(`${fixture.host.url}/__local/functions`));
    const kinds = Object.fromEntries(functions.map((fn: { name: string; kind: string }) => [fn.name, fn.kind]));
    assert.deepEqual(kinds, {
      echo: 'https',
      settings: 'https',
      slow: 'https',
      broken: 'https',
      stream: 'https',
      recorded: 'https',
      'group-hello': 'callable',
      work: 'taskQueue',
      narrow: 'taskQueue',
      hourly: 'schedule',
      berlin: 'schedule',
      flaky: 'schedule',
      noted: 'firestore',
    });
    const echo = functions.find((fn: { name: string }) => fn.name === 'echo');
    assert.equal(echo.url, direct(fixture.host, 'echo'));
  });

  it('puts process.env back when it stops', async () => {
    assert.equal(process.env.GCLOUD_PROJECT, PROJECT);
    await fixture.stop();
    assert.equal(process.env.FROM_STACK, undefined);
    assert.equal(Symbol.for('dailies.clock') in globalThis, false);
    fixture = await startFixture();
  });

  it('warns of secrets without a value, and refuses to start with a reserved key', async () => {
    await fixture.stop();
    const warnings: string[] = [];
    fixture = await startFixture({ onWarning: (line) => warnings.push(line) });
    assert.deepEqual(warnings, ['secrets without a value (set them in .secret.local): API_KEY']);
    await fixture.stop();
    const reserved = makeFunctionsFolder({ '.env': 'K_SERVICE=mine' });
    await assert.rejects(startFixture({ functionsDir: reserved.dir }), /\.env: K_SERVICE is reserved for internal use/);
    reserved.remove();
    fixture = await startFixture();
  });
});

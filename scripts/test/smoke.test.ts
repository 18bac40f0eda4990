import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { signIn } from '../../local/auth/accounts.ts';
import { createAccount } from '../../local/auth/create-account.ts';
import { type Stack, startStack } from '../../local/stack/in-process.ts';
import { PROJECT_ID } from '../../local/stack/project.ts';
import { smoke } from '../smoke.ts';

const ANN = { uid: 'ann', email: 'ann@example.test', password: 'secret-1' };
const PUBLIC = 7;
const AS_USER = 4;

/** Runs `npm run smoke` as a person would. */
function command(...args: string[]): Promise<{ code: number; lines: string[] }> {
  const script = fileURLToPath(new URL('../smoke.ts', import.meta.url));
  return new Promise((resolve) => {
    execFile(process.execPath, [script, ...args], (error, stdout) => {
      resolve({ code: Number(error?.code ?? 0), lines: stdout.trim().split('\n') });
    });
  });
}

describe('smoke, against a system that works', () => {
  let stack: Stack;
  let token: string;

  before(async function () {
    this.timeout(30_000);
    stack = await startStack({ running: false });
    await createAccount(stack.cloud.auth.host, PROJECT_ID, ANN);
    token = (await signIn(stack.cloud.auth.host, ANN.email, ANN.password)).idToken;
    await stack.host.advanceBy(61_000);
  });
  after(() => stack?.stop());

  it('finds nothing wrong, a video made included', async () => {
    let done = false;
    const time = (async () => {
      while (!done) await stack.host.advanceBy(5_000);
    })();
    const results = await smoke({ url: stack.url, token, generate: true, limitMs: 15_000, lookEveryMs: 50 });
    done = true;
    await time;
    assert.deepEqual(
      results.filter(({ ok }) => !ok),
      [],
    );
    assert.equal(results.length, PUBLIC + AS_USER + 1);
    assert.match(results.find(({ name }) => name === 'health')?.detail ?? '', /^healthy, version \d/);
    assert.match(results.at(-1)?.detail ?? '', /^\w+ in \d+ s, bytes 0-15\/\d+$/);
  });

  it('says so on the command line, signing in at the emulator', async () => {
    const { code, lines } = await command(
      ...[`${stack.url}/`, '--auth', stack.cloud.auth.host, '--email', ANN.email, '--password', ANN.password],
    );
    assert.equal(code, 0, lines.join('\n'));
    assert.equal(lines.length, PUBLIC + AS_USER + 1);
    assert.ok(lines.includes('ok    models need a sign-in: 401 Not signed in'));
    assert.equal(lines.at(-1), '11 passed, 0 failed');
  });

  it('fails when the video is not there in time', async () => {
    const results = await smoke({ url: stack.url, token, generate: true, limitMs: 100, lookEveryMs: 20 });
    const { ok, detail } = results.at(-1) ?? {};
    assert.equal(ok, false);
    assert.match(detail ?? '', /"state":"(queued|submitting|running)","waitedMs":100/);
  });

  it('fails as a user whose token is none', async () => {
    const results = await smoke({ url: stack.url, token: 'x.y.z' });
    assert.equal(results.filter(({ ok }) => !ok).length, AS_USER);
  });
});

describe('smoke, against a server that answers wrongly', () => {
  let server: Server;
  let url: string;

  before(async () => {
    server = createServer((request, response) => {
      response.writeHead(200, {
        'Content-Type': 'application/json',
        'Access-Control-Allow-Origin': request.headers.origin ?? '*',
      });
      response.end('{"status":"healthy","version":"1"}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  it('fails whatever is wrong and exits with 1', async () => {
    const { code, lines } = await command(url);
    assert.equal(code, 1);
    assert.deepEqual(
      lines.map((line) => line.split(':', 1)[0]),
      [
        'ok    health',
        'FAIL  API description',
        'FAIL  models need a sign-in',
        'FAIL  a bad token is refused',
        'FAIL  an unknown address is a problem with a request id',
        'FAIL  security headers',
        'FAIL  other sites cannot read answers',
        '1 passed, 6 failed',
      ],
    );
  });

  it('says why when nothing listens', async () => {
    const results = await smoke({ url: 'http://127.0.0.1:9' });
    assert.equal(results.filter(({ ok }) => ok).length, 0);
    assert.match(results[0]?.detail ?? '', /^fetch failed: /);
  });

  it('shows how it is used, and refuses to make a video for nobody', async () => {
    assert.equal((await command('--help')).code, 0);
    assert.equal((await command()).code, 2);
    const { code, lines } = await command(url, '--generate');
    assert.equal(code, 2);
    assert.equal(lines[0], 'npm run smoke -- URL [options]');
  });
});

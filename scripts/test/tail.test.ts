import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { deleteApp, initializeApp } from 'firebase-admin/app';
import { type Firestore, getFirestore } from 'firebase-admin/firestore';
import { clientFor, NOON } from '../../functions/test/stack/harness.ts';
import { liveUrl, record, submitted } from '../../functions/test/stack/liveClient.ts';
import { type Processes, startProcesses } from '../../local/stack/processes.ts';
import { PROJECT_ID } from '../../local/stack/project.ts';
import { sourceOf } from '../tail/destination.ts';
import { follow, TailError } from '../tail/follow.ts';
import { HEADING, lineOf } from '../tail/line.ts';

const TAIL = fileURLToPath(new URL('../tail.ts', import.meta.url));

describe('npm run tail', function () {
  this.timeout(60_000);
  let stack: Processes;
  let db: Firestore;
  let key: string;
  let idToken: string;
  const children: ChildProcess[] = [];

  before(async () => {
    stack = await startProcesses({ clock: { nowMs: NOON, running: false }, onLogLine: () => undefined });
    const analyst = await clientFor(stack, 'ada', { role: 'analyst' });
    const { status, body } = await analyst.call('POST', '/api-keys', { name: 'tail', scopes: ['read:analytics'] });
    assert.equal(status, 201);
    ({ idToken } = analyst);
    key = body.text ?? body.key;
    Object.assign(process.env, { FIRESTORE_EMULATOR_HOST: stack.firestoreHost, METADATA_SERVER_DETECTION: 'none' });
    db = getFirestore(initializeApp({ projectId: PROJECT_ID }, 'tail-test'));
  });
  after(async () => {
    for (const child of children) child.kill('SIGKILL');
    await deleteApp((await import('firebase-admin/app')).getApp('tail-test'));
    delete process.env.FIRESTORE_EMULATOR_HOST;
    await stack?.stop();
  });

  /** The command, once it is connected: its lines so far, and a way to wait for more. */
  async function tail(...options: string[]) {
    const url = liveUrl(stack.url).replace('/api/v1/live', '');
    const env = { ...process.env, DAILIES_API_KEY: key, NO_COLOR: '1' };
    const child = spawn(process.execPath, [TAIL, '--url', url, ...options], { env });
    children.push(child);
    const lines: string[] = [];
    const errors: string[] = [];
    let changed: () => void = () => undefined;
    for (const [stream, kept] of [
      [child.stdout, lines],
      [child.stderr, errors],
    ] as const) {
      createInterface({ input: stream }).on('line', (line) => {
        kept.push(line);
        changed();
      });
    }
    const until = async (holds: () => boolean) => {
      while (!holds()) {
        await new Promise<void>((resolve) => {
          changed = resolve;
        });
      }
    };
    for (let n = 0; !lines.some((line) => line.includes('warm')); n++) {
      await record(db, submitted(`warm-${n}-${performance.now()}`));
      await Promise.race([until(() => lines.some((line) => line.includes('warm'))), once(child, 'exit'), pause()]);
      assert.equal(child.exitCode, null, errors.join('\n'));
    }
    return { child, lines, errors, until };
  }
  const pause = () => new Promise((resolve) => setTimeout(resolve, 50));

  it('shows a line an event, and ends with Ctrl-C', async () => {
    const { child, lines, errors, until } = await tail('--type', 'generation.submitted');
    await record(db, submitted('shown'));
    await until(() => lines.some((line) => line.endsWith('shown')));
    assert.equal(lines[0], HEADING);
    const line = lines.find((shown) => shown.endsWith('shown')) ?? '';
    assert.match(
      line,
      /^12:00:00\.000 {2}generation\.submitted {4}veo-3\.1-fast-generate-001 +text_to_video +12 +shown$/,
    );
    assert.equal(line.indexOf('veo-3.1'), HEADING.indexOf('model'), 'aligned with the heading');
    child.kill('SIGINT');
    assert.deepEqual(await once(child, 'exit'), [0, null]);
    assert.deepEqual(errors, []);
  });

  it('shows each event once and all of them, though the functions are killed', async () => {
    const { child, lines, errors, until } = await tail('--json');
    const shown = () => lines.map((line) => JSON.parse(line).id as string).filter((id) => id.startsWith('kill'));
    const all = await record(db, submitted('kill-1'), submitted('kill-2'));
    await until(() => shown().length === 2);
    await stack.killHost();
    all.push(...(await record(db, submitted('kill-3'))));
    await stack.restartHost();
    all.push(...(await record(db, submitted('kill-4'))));
    await until(() => shown().includes(all[3] ?? ''));
    assert.deepEqual(shown(), all);
    assert.ok(
      errors.some((line) => line.startsWith('-- no connection')),
      errors.join('\n'),
    );
    child.kill('SIGINT');
    assert.deepEqual(await once(child, 'exit'), [0, null]);
  });

  it('says at once what the server refuses', async () => {
    const source = (query: string, token: string) => ({
      url: `${liveUrl(stack.url)}${query}`,
      headers: async () => ({ Authorization: `Bearer ${token}` }),
    });
    const first = (query: string, token: string) =>
      follow(source(query, token), { signal: AbortSignal.timeout(10_000) }).next();
    await assert.rejects(first('?types=nothing', idToken), (error) => {
      assert.ok(error instanceof TailError);
      assert.match(error.message, /^400 The request does not fit the schema\.\n {2}types\.0: /);
      return true;
    });
    await assert.rejects(first('', 'wrong'), { message: '401 The ID token is not valid; sign in again.' });
  });
});

describe('where tail looks', () => {
  it('is one system, with a key where it is not on this machine', () => {
    assert.throws(() => sourceOf({}), /name one system/);
    assert.throws(() => sourceOf({ local: true, url: 'http://x' }), /name one system/);
    assert.throws(() => sourceOf({ project: 'ours' }), /an API key/);
    const url = 'https://us-central1-ours.cloudfunctions.net/live/api/v1/live';
    assert.equal(sourceOf({ project: 'ours', key: 'k' }).url, url);
    assert.equal(sourceOf({ url: 'https://live-x.a.run.app/', key: 'k' }).url, 'https://live-x.a.run.app/api/v1/live');
    const local = 'http://127.0.0.1:6000/demo-dailies/us-central1/live/api/v1/live';
    assert.equal(sourceOf({ local: true, port: '6000' }).url, local);
  });
});

describe('a line of tail', () => {
  const event = {
    id: 'e1',
    type: 'page.viewed',
    recordedAt: '2040-01-01T12:00:00.000Z',
    occurredAt: '',
    userKey: 'u'.repeat(32),
  };

  it('of no generation says whose event it is and all that it says', () => {
    assert.match(lineOf({ ...event, body: { page: '/a' } }), /page\.viewed .* e1 {2}user uuuuuuuu {2}page=\/a$/);
  });

  it('has the cost and the error', () => {
    const body = {
      generationId: 'g',
      model: 'm',
      kind: 'k',
      totalMs: 61_000,
      costUsdMicros: 812_345,
      errorCode: 'timeout',
    };
    assert.match(lineOf({ ...event, type: 'generation.failed', body }), / 61000 {4}\$0\.8123 {2}g {2}timeout/);
  });

  it('cannot write to the terminal by what somebody reported', () => {
    assert.ok(!lineOf({ ...event, body: { page: 'a\u001b[2Jb' } }).includes('\u001b[2J'));
  });
});

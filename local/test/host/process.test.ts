import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { HostProcessOptions } from '../../host/main.ts';
import { FIXTURE_DIR, json, PROJECT, START_MS, until } from './fixture-host.ts';

const MAIN = fileURLToPath(new URL('../../host/main.ts', import.meta.url));
const WORK = `projects/${PROJECT}/locations/us-central1/queues/work`;

describe('host: the process', () => {
  let dataDir: string;
  let child: ChildProcess;
  let url: string;

  before(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'dailies-host-'));
  });
  afterEach(() => {
    child.kill('SIGKILL');
  });
  after(() => rmSync(dataDir, { recursive: true }));

  async function start(options: Partial<HostProcessOptions> = {}): Promise<void> {
    const clock = { startAtMs: START_MS, running: false };
    const argument = JSON.stringify({ projectId: PROJECT, functionsDir: FIXTURE_DIR, clock, dataDir, ...options });
    child = fork(MAIN, [argument], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
    const errors: Buffer[] = [];
    child.stderr?.on('data', (chunk: Buffer) => errors.push(chunk));
    const [message] = await Promise.race([
      once(child, 'message'),
      once(child, 'exit').then(() => assert.fail(Buffer.concat(errors).toString())),
    ]);
    assert.deepEqual(Object.keys(message.ready), ['url', 'port', 'functions']);
    url = message.ready.url;
  }
  async function end(how: () => unknown): Promise<unknown[]> {
    const ended = once(child, 'exit');
    how();
    return ended;
  }
  const enqueue = (id: string, data: object, delayMs = 0) =>
    fetch(`${url}/v2/${WORK}/tasks`, {
      method: 'POST',
      body: JSON.stringify({
        task: {
          name: `${WORK}/tasks/${id}`,
          scheduleTime: new Date(START_MS + delayMs).toISOString(),
          httpRequest: {
            headers: { 'Content-Type': 'application/json' },
            body: Buffer.from(JSON.stringify({ data })).toString('base64'),
          },
        },
      }),
    });
  const work = async () => {
    const { queues } = await json(await fetch(`${url}/__local/tasks`));
    return queues.find(({ name }: { name: string }) => name === WORK);
  };

  it('keeps tasks over SIGKILL, and sends what was in flight again', async () => {
    await start();
    assert.equal((await enqueue('held', { holdMs: 60_000 })).status, 200);
    assert.equal((await enqueue('later', {}, 3_600_000)).status, 200);
    assert.equal((await enqueue('done', {})).status, 200);
    await until(async () => {
      const { inFlight, depth } = await work();
      return inFlight === 1 && depth === 2;
    });
    assert.deepEqual(await end(() => child.kill('SIGKILL')), [null, 'SIGKILL']);

    await start();
    assert.equal((await enqueue('done', {})).status, 409);
    const drained = await json(await fetch(`${url}/__local/tasks/drain`, { method: 'POST' }));
    assert.deepEqual([drained.left, drained.nowMs], [0, START_MS + 3_600_000]);
    const ran = await json(await fetch(`${url}/${PROJECT}/us-central1/recorded`));
    const seen = ran.filter((entry: object) => 'work' in entry);
    assert.deepEqual(
      seen.map((entry: Record<string, unknown>) => [entry.id, entry.retryCount, entry.executionCount, entry.atMs]),
      [
        ['held', 1, 0, START_MS],
        ['later', 0, 0, START_MS + 3_600_000],
      ],
    );
    assert.deepEqual(await end(() => child.kill('SIGTERM')), [0, null]);
  });

  it('remembers that a queue is paused', async () => {
    await start();
    await fetch(`${url}/v2/${WORK}:pause`, { method: 'POST' });
    await end(() => child.kill('SIGTERM'));
    await start();
    assert.equal((await work()).paused, true);
    await fetch(`${url}/v2/${WORK}:resume`, { method: 'POST' });
  });

  it('remembers that it delivers everything twice', async () => {
    await start();
    const chaos = (duplicate: boolean) =>
      fetch(`${url}/__local/tasks/chaos`, { method: 'POST', body: JSON.stringify({ duplicate }) });
    await chaos(true);
    await end(() => child.kill('SIGKILL'));
    await start();
    assert.equal((await json(await fetch(`${url}/__local/tasks`))).duplicate, true);
    await chaos(false);
  });

  it('ends with its parent', async () => {
    await start();
    assert.deepEqual(await end(() => child.disconnect()), [0, null]);
  });

  it('says what is missing and ends when it cannot start', async () => {
    await assert.rejects(start({ functionsDir: dataDir }), /Cannot find module/);
    await assert.rejects(start({ firestoreHost: '127.0.0.1:1' }), /NeighbourFailed.*ECONNREFUSED/s);
  });
});

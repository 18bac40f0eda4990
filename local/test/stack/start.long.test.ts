import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { signIn } from '../../auth/accounts.ts';
import { processesOf, until } from './processes-of.ts';

const main = fileURLToPath(new URL('../../start.ts', import.meta.url));

/** Starts it on free ports. */
function launch(args: string[], env: NodeJS.ProcessEnv = {}): ChildProcess & { stdout: Readable; stderr: Readable } {
  return spawn(process.execPath, [main, '--port', '0', '--no-build', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
}

interface Started {
  process: ReturnType<typeof launch>;
  output: string;
  url: string;
  authHost: string;
}

describe('npm start', function () {
  this.timeout(40_000);
  let dataDir: string;
  const running: ReturnType<typeof launch>[] = [];

  before(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'dailies-start-'));
  });
  after(async () => {
    for (const child of running) child.kill('SIGKILL');
    await rm(dataDir, { recursive: true, force: true });
  });

  /** Starts it on free ports and waits until it says that it is up. */
  async function start(...args: string[]): Promise<Started> {
    const child = launch(['--data', dataDir, ...args]);
    running.push(child);
    let output = '';
    await new Promise<void>((up, down) => {
      child.once('exit', () => down(new Error(`it ended: ${output}`)));
      child.stdout.on('data', (chunk) => {
        output += chunk;
        if (output.includes('demo traffic')) up();
      });
    });
    const at = (name: string) => new RegExp(`^ {2}${name} +(\\S+)$`, 'm').exec(output)?.[1] ?? assert.fail(output);
    return { process: child, output, url: at('site and API'), authHost: at('Auth') };
  }

  /** What Ctrl-C does; answers the exit code. */
  async function interrupt({ process: child }: Pick<Started, 'process'>): Promise<number> {
    const exited = once(child, 'exit');
    child.kill('SIGINT');
    return (await exited)[0];
  }

  const leftovers = () => processesOf(dataDir);

  it('comes up with every address and login, keeps its data over a restart, and leaves nothing behind', async () => {
    const first = await start('--no-demo');
    for (const who of ['admin', 'analyst', 'ingest service', 'premium user', 'free user']) {
      assert.match(first.output, new RegExp(`^ {2}${who} +\\S+@dailies\\.test +password dailies$`, 'm'));
    }
    const addresses = first.output.match(/(http:\/\/)?127\.0\.0\.1:\d+/g) ?? [];
    assert.equal(new Set(addresses.map((a) => a.replace('http://', ''))).size, 6);
    const { status } = (await (await fetch(`${first.url}/api/v1/health`)).json()) as { status: string };
    assert.equal(status, 'healthy');
    assert.match(await (await fetch(first.url)).text(), /<title>Dailies<\/title>/);
    const { idToken } = await signIn(first.authHost, 'free@dailies.test', 'dailies');
    const asked = await fetch(`${first.url}/api/v1/generations`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${idToken}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ model: 'veo-3.1-lite-generate-001', prompt: 'kept', durationSec: 4 }),
    });
    assert.equal(asked.status, 202);
    const { id } = (await asked.json()) as { id: string };
    assert.ok(leftovers().length >= 5, 'the processes are seen by this test');
    assert.equal(await interrupt(first), 0);
    assert.deepEqual(leftovers(), []);

    const second = await start('--no-demo');
    const again = await signIn(second.authHost, 'free@dailies.test', 'dailies');
    const kept = await fetch(`${second.url}/api/v1/generations/${id}`, {
      headers: { Authorization: `Bearer ${again.idToken}` },
    });
    assert.equal(kept.status, 200);
    assert.equal(((await kept.json()) as { prompt: string }).prompt, 'kept');
    assert.equal(await interrupt(second), 0);
    assert.deepEqual(leftovers(), []);
  });

  it('leaves nothing behind even when it is killed without warning', async () => {
    const third = await start('--no-demo');
    const exited = once(third.process, 'exit');
    third.process.kill('SIGKILL');
    await exited;
    await until('all have ended', () => leftovers().length === 0);
  });

  for (const { moment, processes } of [
    { moment: 'the first two parts are starting', processes: 2 },
    { moment: 'the last part is starting', processes: 4 },
  ]) {
    it(`stops cleanly when it is interrupted while ${moment}`, async () => {
      const tmp = await mkdtemp(join(tmpdir(), 'dailies-early-'));
      const child = launch(['--no-demo'], { TMPDIR: tmp });
      running.push(child);
      const errors = text(child.stderr);
      await until(moment, () => processesOf(tmp).length === processes);
      assert.equal(await interrupt({ process: child }), 0);
      assert.equal(await errors, '');
      assert.deepEqual(processesOf(tmp), []);
      assert.deepEqual(await readdir(tmp), []);
      await rm(tmp, { recursive: true });
    });
  }

  it('says which part ended unexpectedly, stops the others and exits with 1', async () => {
    const { process: child } = await start('--no-demo');
    const errors = text(child.stderr);
    const exited = once(child, 'exit');
    const vendors = leftovers().find((line) => line.includes('vendors/main.ts')) ?? assert.fail('no vendors');
    process.kill(Number.parseInt(vendors, 10), 'SIGKILL');
    assert.deepEqual(await exited, [1, null]);
    assert.match(await errors, /^vendors ended unexpectedly, by a signal$/m);
    assert.deepEqual(leftovers(), []);
  });
});

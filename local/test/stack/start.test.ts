import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { signIn } from '../../auth/accounts.ts';

const main = fileURLToPath(new URL('../../start.ts', import.meta.url));

interface Started {
  process: ChildProcess;
  output: string;
  url: string;
  authHost: string;
}

describe('npm start', function () {
  this.timeout(40_000);
  let dataDir: string;
  const running: ChildProcess[] = [];

  before(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'dailies-start-'));
  });
  after(async () => {
    for (const child of running) child.kill('SIGKILL');
    await rm(dataDir, { recursive: true, force: true });
  });

  /** Starts it on free ports and waits until it says that it is up. */
  async function start(...args: string[]): Promise<Started> {
    const child = spawn(process.execPath, [main, '--port', '0', '--no-build', '--data', dataDir, ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
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
  async function interrupt({ process: child }: Started): Promise<number> {
    const exited = once(child, 'exit');
    child.kill('SIGINT');
    return (await exited)[0];
  }

  const leftovers = () =>
    execFileSync('ps', ['-eo', 'args'])
      .toString()
      .split('\n')
      .filter((line) => line.includes(dataDir) && !line.includes('mocha'));

  it('comes up with every address and login, keeps its data over a restart, and leaves nothing behind', async () => {
    const first = await start('--no-demo');
    for (const who of ['admin', 'analyst', 'ingest service', 'premium user', 'free user']) {
      assert.match(first.output, new RegExp(`^ {2}${who} +\\S+@dailies\\.test +password dailies$`, 'm'));
    }
    const addresses = first.output.match(/(http:\/\/)?127\.0\.0\.1:\d+/g) ?? [];
    assert.equal(new Set(addresses.map((a) => a.replace('http://', ''))).size, 5);
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
    assert.ok(leftovers().length >= 4, 'the processes are seen by this test');
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
    for (let tries = 0; leftovers().length > 0 && tries < 300; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    assert.deepEqual(leftovers(), []);
  });
});

import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { PROJECT_ID } from './started.ts';

const MAIN = fileURLToPath(new URL('../../vendors/main.ts', import.meta.url));
const START = { nowMs: 1_900_000_000_000, running: false };

describe('vendors: as a process of its own', () => {
  async function start(): Promise<{ child: ChildProcess; url: string }> {
    const child = fork(MAIN, [JSON.stringify({ projectId: PROJECT_ID, clock: START })], { stdio: 'ignore' });
    const [message] = (await once(child, 'message')) as [{ ready: { url: string } }];
    return { child, url: message.ready.url };
  }

  it('says where it listens, follows the clock, and ends on SIGTERM', async () => {
    const { child, url } = await start();
    const clock = { nowMs: START.nowMs + 5000, running: false };
    const answer = await fetch(`${url}/__clock`, { method: 'POST', body: JSON.stringify(clock) });
    assert.deepEqual(await answer.json(), clock);
    child.kill('SIGTERM');
    assert.deepEqual(await once(child, 'exit'), [0, null]);
    await assert.rejects(fetch(url), /fetch failed/);
  });

  it('ends when its parent goes', async () => {
    const { child } = await start();
    child.disconnect();
    assert.deepEqual(await once(child, 'exit'), [0, null]);
  });
});

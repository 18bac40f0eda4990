import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  capturedLogs,
  clientFor,
  frozenStack,
  jobsFor,
  type Logs,
  NOON,
  pauseQueue,
  resumeQueue,
  script,
  storedGeneration,
  toldOf,
} from './harness.ts';

const MINUTE = 60_000;

describe('a day without the system', () => {
  let dataDir: string;
  let logs: Logs;

  before(async () => {
    logs = capturedLogs();
    dataDir = await mkdtemp(join(tmpdir(), 'dailies-sweeper-'));
  });
  after(async () => {
    logs.restore();
    await rm(dataDir, { recursive: true, force: true });
  });

  it('everything under way ends once when it is back', async () => {
    let stack = await frozenStack({ dataDir });
    let ann = await clientFor(stack, 'ann');
    await script(stack, { renderMs: 42_000 });
    await pauseQueue(stack, 'settleGeneration');
    const storing = await ann.generate({ prompt: 'storing' });
    await stack.host.advanceBy(75_000);
    const running = await ann.generate({ prompt: 'running' });
    await stack.host.settle();
    await pauseQueue(stack, 'dispatchGeneration');
    const queued = await ann.generate({ prompt: 'queued' });
    await stack.host.settle();
    const ids = { storing, running, queued };
    for (const [state, id] of Object.entries(ids)) assert.equal((await storedGeneration(id)).state, state);
    await stack.stop();

    stack = await frozenStack({ dataDir, startAtMs: NOON + 24 * 60 * MINUTE });
    ann = await clientFor(stack, 'ann');
    for (const queue of ['settleGeneration', 'dispatchGeneration']) await resumeQueue(stack, queue);
    await stack.host.settle();
    await stack.host.advanceBy(10 * MINUTE);
    for (const [prompt, id] of Object.entries(ids)) {
      const view = await ann.generation(id);
      assert.equal(view.state, 'succeeded', prompt);
      assert.equal(view.outputs.length, 1);
      assert.equal(await jobsFor(stack, prompt), 1, prompt);
      assert.deepEqual(await toldOf(id), ['requested', 'submitted', 'succeeded'], prompt);
      const { body } = await ann.call('GET', `/generations/${id}/metrics`);
      assert.equal(body.outcome, 'succeeded');
    }
    await stack.stop();
  }).timeout(60_000);
});

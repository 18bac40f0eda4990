import assert from 'node:assert/strict';
import {
  type Client,
  clientFor,
  eventsOf,
  pauseQueue,
  type QuietStack,
  quietStack,
  resumeQueue,
  script,
  send,
} from '../stack/harness.ts';
import { assertRefusal } from './refusal.ts';

describe('stopping a generation', () => {
  let stack: QuietStack;
  let ann: Client;

  before(async function () {
    this.timeout(30_000);
    stack = await quietStack();
    ann = await clientFor(stack, 'ann');
  });
  after(() => stack?.stop());

  const cancel = (id: string) => ann.call('POST', `/generations/${id}/cancel`);
  const typesOf = async (id: string) => (await eventsOf(id)).map(({ type }) => type.replace('generation.', ''));
  const submitted = async (prompt: string) => {
    const { body } = await send(`${stack.vendors.url}/__vendors/veo/jobs`);
    return (body.jobs as { prompt: string }[]).filter((job) => job.prompt === prompt).length;
  };

  it('in the queue ends it at once, and it never reaches the provider', async () => {
    await pauseQueue(stack, 'dispatchGeneration');
    const id = await ann.generate({ prompt: 'stopped in the queue' });
    const { status, body } = await cancel(id);
    assert.equal(status, 200);
    assert.equal(body.state, 'cancelled');
    assert.equal(body.cancelRequestedAt, body.endedAt);
    assert.equal(body.progress, 1);
    await resumeQueue(stack, 'dispatchGeneration');
    await stack.host.drainTasks();
    assert.equal((await ann.generation(id)).state, 'cancelled');
    assert.equal(await submitted('stopped in the queue'), 0);
    assert.deepEqual(await typesOf(id), ['requested', 'cancelled']);
  });

  it('again changes nothing and answers the same', async () => {
    await pauseQueue(stack, 'dispatchGeneration');
    const id = await ann.generate();
    const first = await cancel(id);
    await stack.host.settle();
    const { writes } = stack.cloud.firestore.usage().total;
    const again = await cancel(id);
    assert.equal(again.status, 200);
    assert.deepEqual(again.body, first.body);
    assert.equal(stack.cloud.firestore.usage().total.writes, writes);
    await resumeQueue(stack, 'dispatchGeneration');
  });

  it('while it renders is noted, for Veo cannot stop a job: it still succeeds', async () => {
    const id = await ann.generate();
    await stack.host.settle();
    assert.equal((await ann.generation(id)).state, 'running');
    const first = await cancel(id);
    assert.equal(first.status, 202);
    assert.equal(first.body.state, 'running');
    assert.equal(first.body.cancelRequestedAt, new Date(stack.clock.now()).toISOString());
    await stack.host.advanceBy(1_000);
    const again = await cancel(id);
    assert.equal(again.status, 202);
    assert.equal(again.body.cancelRequestedAt, first.body.cancelRequestedAt);
    await stack.host.drainTasks();
    const view = await ann.generation(id);
    assert.equal(view.state, 'succeeded');
    assert.equal(view.outputs.length, 1);
    assert.equal(view.cancelRequestedAt, first.body.cancelRequestedAt);
    assert.deepEqual(await typesOf(id), ['requested', 'submitted', 'succeeded']);
  });

  it('while it renders means no further attempt: a failing one ends as cancelled', async () => {
    await script(stack, { match: { prompt: 'fails' }, outcome: 'error', error: { code: 13, message: 'internal' } });
    const id = await ann.generate({ prompt: 'fails' });
    await stack.host.settle();
    assert.equal((await cancel(id)).status, 202);
    await stack.host.drainTasks();
    const view = await ann.generation(id);
    assert.equal(view.state, 'cancelled');
    assert.equal(view.error, undefined);
    assert.equal(view.attempts, 1);
    assert.deepEqual(await typesOf(id), ['requested', 'submitted', 'cancelled']);
  });

  it('while it waits for another attempt ends it at once', async () => {
    await script(stack, { match: { prompt: 'busy' }, submit: { status: 429, retryAfterSec: 60 } });
    const id = await ann.generate({ prompt: 'busy' });
    await stack.host.settle();
    const waiting = await ann.generation(id);
    assert.deepEqual([waiting.state, waiting.attempts], ['queued', 1]);
    const { status, body } = await cancel(id);
    assert.deepEqual([status, body.state], [200, 'cancelled']);
    await stack.host.drainTasks();
    assert.deepEqual(await typesOf(id), ['requested', 'retried', 'cancelled']);
  });

  it('after the end is refused, whatever the end was', async () => {
    await script(stack, { match: { prompt: 'refused' }, submit: { status: 400, message: 'bad field' } });
    const ends = [await ann.generate(), await ann.generate({ prompt: 'refused' })];
    await stack.host.drainTasks();
    for (const [i, state] of ['succeeded', 'failed'].entries()) {
      const refusal = assertRefusal(await cancel(ends[i] ?? ''), { status: 409, code: 'conflict' });
      assert.equal(refusal.detail, `The generation has already ended: ${state}.`);
      assert.equal((await ann.generation(ends[i] ?? '')).state, state);
    }
  });

  it('as the queue hands it out comes to one end, told once', async () => {
    const id = await ann.generate({ prompt: 'a race' });
    const [{ status }] = await Promise.all([cancel(id), stack.host.settle()]);
    await stack.host.drainTasks();
    const { state } = await ann.generation(id);
    assert.equal(state, status === 200 ? 'cancelled' : 'succeeded');
    assert.equal((await typesOf(id)).filter((type) => type === 'cancelled' || type === 'succeeded').length, 1);
  });
});

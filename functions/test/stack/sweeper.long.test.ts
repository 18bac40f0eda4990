import assert from 'node:assert/strict';
import type { Stack } from '../../../local/stack/in-process.ts';
import { enqueue } from '../../src/platform/tasks.ts';
import {
  type Client,
  capturedLogs,
  clientFor,
  database,
  frozenStack,
  jobsFor,
  type Logs,
  NOON,
  pauseQueue,
  purgeQueue,
  queuedTasks,
  resumeQueue,
  script,
  send,
  storedGeneration,
  toldOf,
} from './harness.ts';

const MINUTE = 60_000;

describe('the sweeper', () => {
  let stack: Stack;
  let logs: Logs;
  let ann: Client;

  before(async function () {
    this.timeout(30_000);
    logs = capturedLogs();
  });
  after(() => logs.restore());
  beforeEach(async function () {
    this.timeout(30_000);
    stack = await frozenStack();
    ann = await clientFor(stack, 'ann');
    await script(stack, { renderMs: 42_000 });
  });
  afterEach(async () => {
    await stack?.host.settle();
    await stack?.stop();
  });

  const takeovers = (id: string) =>
    logs.lines.filter((line) => line.message === 'took over' && line.generationId === id).length;

  /** Waits out the lease of the first polls, the 2 minutes of grace, and the next run. */
  const untilTakenOver = () => stack.host.advanceBy(5 * MINUTE);

  async function assertEndedOnce(id: string, prompt: string, { epoch }: { epoch: number }): Promise<void> {
    await stack.host.drainTasks();
    const generation = await storedGeneration(id);
    assert.equal(generation.state, 'succeeded');
    assert.equal(generation.epoch, epoch);
    assert.equal(generation.attempts.length, 1);
    assert.equal(generation.outputs.length, 1);
    assert.equal(takeovers(id), epoch - 1);
    assert.equal(await jobsFor(stack, prompt), 1);
    assert.deepEqual(await toldOf(id), ['requested', 'submitted', 'succeeded']);
  }

  it('takes over what was lost in the queue', async () => {
    await pauseQueue(stack, 'dispatchGeneration');
    const id = await ann.generate({ prompt: 'lost in the queue' });
    await purgeQueue(stack, 'dispatchGeneration');
    await resumeQueue(stack, 'dispatchGeneration');
    await stack.host.advanceTo(NOON + 2 * MINUTE - 1);
    assert.equal((await storedGeneration(id)).state, 'queued', 'nobody comes for it before');
    await untilTakenOver();
    await assertEndedOnce(id, 'lost in the queue', { epoch: 2 });
  });

  it('takes over what was lost while it renders, without a second submit', async () => {
    const id = await ann.generate({ prompt: 'lost while it renders' });
    await stack.host.settle();
    assert.equal((await storedGeneration(id)).state, 'running');
    await purgeQueue(stack, 'pollGeneration');
    await untilTakenOver();
    await assertEndedOnce(id, 'lost while it renders', { epoch: 2 });
  });

  it('takes over what was lost on its way into storage', async () => {
    await pauseQueue(stack, 'settleGeneration');
    const id = await ann.generate({ prompt: 'lost before storing' });
    await stack.host.advanceBy(75_000);
    assert.equal((await storedGeneration(id)).state, 'storing');
    await purgeQueue(stack, 'settleGeneration');
    await resumeQueue(stack, 'settleGeneration');
    await stack.host.advanceBy(5 * MINUTE);
    assert.equal((await storedGeneration(id)).epoch, 1, 'storing may take 5 minutes');
    await untilTakenOver();
    await assertEndedOnce(id, 'lost before storing', { epoch: 2 });
  });

  it('takes over what was lost between two attempts', async () => {
    const prompt = 'lost between attempts';
    await script(stack, { match: { prompt }, submit: { status: 429, retryAfterSec: 30 } });
    await pauseQueue(stack, 'dispatchGeneration');
    const id = await ann.generate({ prompt });
    await resumeQueue(stack, 'dispatchGeneration');
    await stack.host.settle();
    assert.deepEqual([(await storedGeneration(id)).state, (await storedGeneration(id)).attempts.length], ['queued', 1]);
    await purgeQueue(stack, 'dispatchGeneration');
    await untilTakenOver();
    await stack.host.drainTasks();
    const generation = await storedGeneration(id);
    assert.deepEqual([generation.state, generation.epoch, generation.attempts.length], ['succeeded', 2, 2]);
    assert.deepEqual(await toldOf(id), ['requested', 'retried', 'submitted', 'succeeded']);
  });

  it('takes over again and again, as often as tasks are lost', async () => {
    const id = await ann.generate({ prompt: 'lost often' });
    await stack.host.settle();
    await pauseQueue(stack, 'pollGeneration');
    for (let lost = 1; lost <= 3; lost++) {
      await purgeQueue(stack, 'pollGeneration');
      for (let i = 0; i < 10 && (await storedGeneration(id)).epoch <= lost; i++) await stack.host.advanceBy(60_000);
    }
    const { epoch } = await storedGeneration(id);
    assert.equal(epoch, 4);
    await resumeQueue(stack, 'pollGeneration');
    await assertEndedOnce(id, 'lost often', { epoch });
  });

  it('makes a task of an earlier epoch do nothing', async () => {
    const id = await ann.generate({ prompt: 'two epochs' });
    await stack.host.settle();
    const [old] = await queuedTasks(stack, 'pollGeneration');
    assert.deepEqual(old?.data, { generationId: id, epoch: 1, key: 'poll.1.running.0', nextPoll: 0, polls: 0 });
    await purgeQueue(stack, 'pollGeneration');
    await pauseQueue(stack, 'pollGeneration');
    await untilTakenOver();
    const before = await storedGeneration(id);
    assert.equal(before.epoch, 2);
    await purgeQueue(stack, 'pollGeneration');
    for (const [number, queue] of ['pollGeneration', 'dispatchGeneration', 'settleGeneration'].entries()) {
      await enqueue({ queue, id: `late-${number}`, data: old.data });
    }
    stack.cloud.firestore.resetUsage();
    await resumeQueue(stack, 'pollGeneration');
    await stack.host.settle();
    assert.deepEqual(await storedGeneration(id), before);
    assert.equal(stack.cloud.firestore.usage().total.writes, 0);
    await untilTakenOver();
    await assertEndedOnce(id, 'two epochs', { epoch: 3 });
  });

  it('leaves alone what is on time: a long render, a long wait for quota', async () => {
    const long = await script(stack, { match: { prompt: 'long' }, renderMs: 20 * MINUTE }).then(() =>
      ann.generate({ prompt: 'long' }),
    );
    await script(stack, { match: { prompt: 'quota' }, submit: { status: 429, retryAfterSec: 900 } });
    const waiting = await ann.generate({ prompt: 'quota' });
    await stack.host.advanceBy(25 * MINUTE);
    for (const id of [long, waiting]) {
      const { state, epoch } = await storedGeneration(id);
      assert.deepEqual([state, epoch, takeovers(id)], ['succeeded', 1, 0]);
    }
  });

  it('takes over 150 at once, each once, in few runs', async () => {
    await pauseQueue(stack, 'dispatchGeneration');
    for (const uid of ['one', 'two', 'three']) {
      const user = await clientFor(stack, uid);
      for (let batch = 0; batch < 2; batch++) await Promise.all(Array.from({ length: 25 }, () => user.generate()));
    }
    await purgeQueue(stack, 'dispatchGeneration');
    await stack.host.advanceTo(NOON + 2 * MINUTE);
    const { docs } = await (await database()).collection('generations').get();
    assert.equal(docs.length, 150);
    assert.deepEqual(
      docs.filter((doc) => doc.get('epoch') !== 2),
      [],
    );
    const { body } = await send(`${stack.url}/__local/tasks`);
    const queue = (body.queues as { name: string; depth: number }[]).find(({ name }) =>
      name.endsWith('/dispatchGeneration'),
    );
    assert.equal(queue?.depth, 150);
    await stack.host.advanceBy(MINUTE);
    const { ranAt, takenOver } = (await (await database()).doc('projection_state/sweeper').get()).data() ?? {};
    assert.deepEqual([ranAt.toMillis(), takenOver], [NOON + 3 * MINUTE, 0]);
    await purgeQueue(stack, 'dispatchGeneration');
  });

  it('goes on when one of them cannot be taken over', async () => {
    await pauseQueue(stack, 'dispatchGeneration');
    const [broken, whole] = [await ann.generate(), await ann.generate({ prompt: 'whole' })];
    await purgeQueue(stack, 'dispatchGeneration');
    await resumeQueue(stack, 'dispatchGeneration');
    // Nobody's code writes this; a hand in the console may.
    await (await database()).doc(`generations/${broken}`).update({ attempts: null });
    await untilTakenOver();
    await assertEndedOnce(whole, 'whole', { epoch: 2 });
    assert.ok(logs.lines.some((line) => line.message === 'could not take over' && line.generationId === broken));
    await (await database()).doc(`generations/${broken}`).delete();
  });
});

import assert from 'node:assert/strict';
import type { Stack } from '../../../local/stack/in-process.ts';
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
  resumeQueue,
  script,
  send,
  storedGeneration,
  toldOf,
} from './harness.ts';

const MINUTE = 60_000;
const GENERATIONS = 30;
/** By `takeOver`, whose waits double up to half an hour: how often one generation is taken over within an hour at most. */
const TAKEOVERS_AN_HOUR = 6;
/** Of `dispatchGeneration`; the local queues let as many out at once as in one second. */
const DISPATCHES_PER_SECOND = 20;

describe('a queue that stood still', () => {
  let stack: Stack;
  let logs: Logs;
  let ann: Client;

  before(() => {
    logs = capturedLogs();
  });
  after(() => logs.restore());
  beforeEach(async function () {
    this.timeout(30_000);
    stack = await frozenStack();
    ann = await clientFor(stack, 'ann');
    await script(stack, { renderMs: 42_000 });
  });
  afterEach(() => stack?.stop());

  const tasksIn = async (queue: string): Promise<number> => {
    const { body } = await send(`${stack.url}/__local/tasks`);
    return body.queues.find(({ name }: { name: string }) => name.endsWith(`/${queue}`)).depth;
  };

  it('for an hour drains in the order asked, at its rate, each submitted once', async function () {
    this.timeout(60_000);
    await pauseQueue(stack, 'dispatchGeneration');
    const ids: string[] = [];
    for (let n = 0; n < GENERATIONS; n++) {
      ids.push(await ann.generate({ prompt: `waiting ${n}` }));
      await stack.host.advanceBy((60 * MINUTE) / GENERATIONS);
    }
    const epochs = await Promise.all(ids.map(async (id) => (await storedGeneration(id)).epoch));
    const taken = epochs.reduce((sum, epoch) => sum + epoch - 1, 0);
    assert.ok(Math.max(...epochs) <= 1 + TAKEOVERS_AN_HOUR, `taken over ${epochs}`);
    assert.equal(await tasksIn('dispatchGeneration'), GENERATIONS + taken, 'one task a generation and takeover');

    await resumeQueue(stack, 'dispatchGeneration');
    await stack.host.drainTasks();
    const { body } = await send(`${stack.vendors.url}/__vendors/veo/jobs`);
    const jobs = body.jobs as { prompt: string; submittedAt: string }[];
    assert.equal(jobs.length, GENERATIONS, 'none submitted twice');
    const submittedMs = ids.map((_, n) => {
      const job = jobs.find(({ prompt }) => prompt === `waiting ${n}`);
      assert.ok(job);
      return Date.parse(job.submittedAt);
    });
    assert.deepEqual(
      submittedMs,
      submittedMs.toSorted((a, b) => a - b),
    );
    for (const fromMs of submittedMs) {
      const within = submittedMs.filter((ms) => ms >= fromMs && ms < fromMs + 1_000).length;
      assert.ok(within <= 2 * DISPATCHES_PER_SECOND, `${within} submits in a second`);
    }
    const tookMs = Math.max(...submittedMs) - (NOON + 60 * MINUTE);
    assert.ok(tookMs <= ((GENERATIONS + taken) / DISPATCHES_PER_SECOND) * 1_000, `took ${tookMs} ms`);
    for (const id of ids) {
      const { state, attempts, outputs } = await storedGeneration(id);
      assert.deepEqual([state, attempts.length, outputs.length], ['succeeded', 1, 1]);
    }
    assert.equal(logs.lines.filter(({ message }) => message === 'took over').length, taken);
    const { docs } = await (await database()).collection('analytics_events').get();
    assert.equal(docs.filter((doc) => doc.get('type') === 'generation.succeeded').length, GENERATIONS);
  });

  it('and lost a task whose name stays refused: asking again does not help, the next epoch does', async () => {
    const key = { 'Idempotency-Key': 'again' };
    const body = { model: 'veo-3.1-fast-generate-001', prompt: 'refused name', durationSec: 4 };
    const ask = () => ann.call('POST', '/generations', body, key);
    await pauseQueue(stack, 'dispatchGeneration');
    const { id } = (await ask()).body;
    await purgeQueue(stack, 'dispatchGeneration');
    await resumeQueue(stack, 'dispatchGeneration');
    const again = await ask();
    assert.deepEqual([again.status, again.body.id, again.body.state], [202, id, 'queued']);
    await stack.host.settle();
    assert.equal(await tasksIn('dispatchGeneration'), 0, 'the name is refused for an hour');
    await stack.host.advanceTo(NOON + 3 * MINUTE);
    await stack.host.drainTasks();
    const { state, epoch, attempts } = await storedGeneration(id);
    assert.deepEqual([state, epoch, attempts.length], ['succeeded', 2, 1]);
    assert.equal(await jobsFor(stack, 'refused name'), 1);
    assert.deepEqual(await toldOf(id), ['requested', 'submitted', 'succeeded']);
  });
});

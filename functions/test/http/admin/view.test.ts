import assert from 'node:assert/strict';
import { type Client, clientFor, purgeQueue, type QuietStack, quietStack, script, send } from '../../stack/harness.ts';
import { assertRefusal } from '../refusal.ts';
import { bodyOf } from './people.ts';

describe('what an operator sees of a generation', () => {
  let stack: QuietStack;
  let root: Client;
  let ann: Client;

  before(async function () {
    this.timeout(30_000);
    stack = await quietStack();
    root = await clientFor(stack, 'root', { role: 'admin' });
    ann = await clientFor(stack, 'ann');
  });
  after(() => stack?.stop());

  /** Lets the provider treat what is submitted from now on by this rule alone. */
  const provider = async (rule: object) => {
    await send(`${stack.url}/__local/vendors/veo/script`, 'DELETE');
    await script(stack, rule);
  };
  const file = async (key: string) => bodyOf(await root.call('GET', `/admin/generations/${encodeURIComponent(key)}`));

  let id: string;
  before(async () => {
    const answer = await ann.call(
      'POST',
      '/generations',
      { model: 'veo-3.1-fast-generate-001', prompt: 'marked words', negativePrompt: 'other words', durationSec: 4 },
      { 'X-Request-Id': 'request-of-ann-1' },
    );
    id = bodyOf(answer, 202).id;
    await stack.host.settle();
  });

  it('finds a generation by its id, its operation, the last part of that, and its request', async () => {
    const found = await file(id);
    const { operation } = found.generation.attempts[0];
    assert.match(operation, /^projects\/.*\/operations\/[^/]+$/);
    for (const key of [operation, operation.split('/').at(-1), 'request-of-ann-1']) {
      assert.deepEqual(await file(key), found, key);
    }
    for (const key of ['nothing', 'projects/p/operations/none', '%2F']) {
      assertRefusal(await root.call('GET', `/admin/generations/${encodeURIComponent(key)}`), { status: 404 });
    }
  });

  it('shows what there is to know of one under way, without the words of its user', async () => {
    const { generation, history, waiting, ledger, audit, others } = await file(id);
    assert.equal(generation.state, 'running');
    assert.equal(generation.uid, 'ann');
    assert.equal(generation.asked.promptChars, 12);
    assert.equal(generation.asked.negativePromptChars, 11);
    assert.doesNotMatch(JSON.stringify({ generation, history, waiting, ledger }), /words/);
    assert.deepEqual(
      history.map(({ type, recordedAt }: { type: string; recordedAt: string }) => [type, recordedAt]),
      ['requested', 'submitted'].map((type) => [`generation.${type}`, new Date(stack.clock.now()).toISOString()]),
    );
    assert.equal(waiting.step, 'poll');
    assert.equal(waiting.queue, 'pollGeneration');
    assert.equal(waiting.key, 'poll.1.running.0');
    assert.equal(waiting.inQueue, 'yes');
    assert.deepEqual(waiting.task, { dueAt: waiting.dueAt, dispatchCount: 0 });
    assert.equal(ledger.length, 1);
    assert.deepEqual(ledger[0].moves, { available: -generation.heldCredits, held: generation.heldCredits });
    assert.deepEqual([audit, others], [[], []]);
  });

  it('sees the task of a later poll, which the document does not know of, and a task that is lost', async () => {
    await provider({ renderMs: 600_000 });
    const slow = await ann.generate();
    await stack.host.settle();
    const first = (await file(slow)).waiting;
    await stack.host.advanceTo(Date.parse(first.dueAt) + 1);
    const { waiting, generation } = await file(slow);
    assert.equal(generation.attempts[0].nextPoll, 0);
    assert.equal(waiting.inQueue, 'yes');
    assert.equal(waiting.key, 'poll.1.running.1');
    await purgeQueue(stack, 'pollGeneration');
    const lost = (await file(slow)).waiting;
    assert.deepEqual([lost.inQueue, lost.key], ['no', 'poll.1.running.0']);
    await stack.host.drainTasks();
  });

  it('shows the whole story once it has ended', async () => {
    await stack.host.advanceBy(3_600_000);
    await stack.host.drainTasks();
    const { generation, history, waiting, ledger } = await file(id);
    assert.equal(generation.state, 'succeeded');
    assert.equal(waiting, undefined);
    assert.equal(history.at(-1).type, 'generation.succeeded');
    assert.deepEqual(
      ledger.map(({ kind }: { kind: string }) => kind),
      ['hold', 'capture'],
    );
    assert.equal(generation.chargedCredits, generation.heldCredits);
  });

  it('lists generations that share a request id, newest first', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 3; n++) {
      const body = { model: 'veo-3.1-fast-generate-001', prompt: 'x', durationSec: 4 };
      ids.unshift(bodyOf(await ann.call('POST', '/generations', body, { 'X-Request-Id': 'the-same-one' }), 202).id);
      await stack.host.advanceBy(1_000);
    }
    const { generation, others } = await file('the-same-one');
    assert.deepEqual([generation.id, ...others], ids);
    await stack.host.drainTasks();
  });
});

import assert from 'node:assert/strict';
import { FieldValue } from 'firebase-admin/firestore';
import {
  type Client,
  clientFor,
  database,
  eventsOf,
  pauseQueue,
  purgeQueue,
  type QuietStack,
  quietStack,
  resumeQueue,
  script,
  send,
  storedGeneration,
  storedObjects,
  toldOf,
} from '../../stack/harness.ts';
import { PNG } from '../pictures.ts';
import { assertRefusal } from '../refusal.ts';
import { differencesInTheBooks } from './books.ts';
import { bodyOf } from './people.ts';

const REASON = { reason: 'a test' };

describe('what an operator does with generations', () => {
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
  const replay = (id: string) => root.call('POST', `/admin/generations/${id}/replay`, REASON);
  const end = (id: string) => root.call('POST', `/admin/generations/${id}/end`, REASON);
  const balance = async () => {
    const { availableCredits, heldCredits } = bodyOf(await ann.call('GET', '/me'));
    return { availableCredits, heldCredits };
  };
  const assertBooks = async () => assert.deepEqual(await differencesInTheBooks(), []);
  const inState = async (query: string) =>
    bodyOf(await root.call('GET', `/admin/generations?${query}`)).generations.map(({ id }: { id: string }) => id);

  let untouched: Awaited<ReturnType<typeof balance>>;
  beforeEach(async () => {
    await provider({});
    untouched = await balance();
  });
  afterEach(assertBooks);

  it('takes an open one over whose task is lost', async () => {
    await pauseQueue(stack, 'dispatchGeneration');
    const id = await ann.generate();
    await purgeQueue(stack, 'dispatchGeneration');
    await resumeQueue(stack, 'dispatchGeneration');
    assert.equal((await file(id)).waiting.inQueue, 'no');
    const answer = await replay(id);
    assert.deepEqual(bodyOf(answer, 202), { id, state: 'queued' });
    const { audit, generation } = await file(id);
    assert.equal(generation.epoch, 2);
    assert.deepEqual(audit.length, 1);
    assert.equal(audit[0].action, 'generation.taken_over');
    assert.deepEqual([audit[0].before, audit[0].after, audit[0].reason], [{ epoch: 1 }, { epoch: 2 }, 'a test']);
    await stack.host.drainTasks();
    assert.equal((await ann.generation(id)).state, 'succeeded');
  });

  it('asks anew for one that failed, once', async () => {
    await provider({ outcome: 'error', error: { code: 3, message: 'no' } });
    const id = await ann.generate({ image: { mimeType: 'image/png', base64: PNG } });
    await stack.host.drainTasks();
    assert.equal((await ann.generation(id)).state, 'failed');
    await provider({});
    const first = bodyOf(await replay(id), 202);
    assert.equal(first.replayOf, id);
    assert.equal(bodyOf(await replay(id), 202).id, first.id);
    assert.ok((await balance()).heldCredits > 0);
    await stack.host.drainTasks();
    const done = await ann.generation(first.id);
    assert.equal(done.state, 'succeeded');
    assert.equal(done.kind, 'image_to_video');
    const inputs = (await storedObjects(stack)).filter((name) => name.startsWith(`inputs/${first.id}/`));
    assert.equal(inputs.length, 1, 'a picture of its own');
    const { audit } = await file(id);
    assert.equal(audit.length, 1);
    assert.equal(audit[0].action, 'generation.replayed');
    assert.deepEqual(audit[0].after, { generationId: first.id });
    assertRefusal(await replay(first.id), { status: 409, code: 'conflict' });
    assertRefusal(await replay('nothing'), { status: 404 });
  });

  it('does not ask anew with pictures that are gone', async () => {
    await provider({ outcome: 'error', error: { code: 3, message: 'no' } });
    const id = await ann.generate({ image: { mimeType: 'image/png', base64: PNG } });
    await stack.host.drainTasks();
    const { image } = (await storedGeneration(id)).asked;
    const name = image?.gcsUri.split('/').slice(3).join('/') ?? '';
    const bucket = `${stack.cloud.storage.url}/storage/v1/b/demo-dailies.firebasestorage.app/o/`;
    await fetch(`${bucket}${encodeURIComponent(name)}`, { method: 'DELETE' });
    assertRefusal(await replay(id), { status: 409, code: 'conflict' });
    assert.deepEqual(await balance(), untouched);
  });

  it('ends one in the queue: nothing is charged, nothing wasted', async () => {
    await pauseQueue(stack, 'dispatchGeneration');
    const id = await ann.generate();
    assert.deepEqual(bodyOf(await end(id)), { id, state: 'failed' });
    await resumeQueue(stack, 'dispatchGeneration');
    await stack.host.drainTasks();
    const view = await ann.generation(id);
    assert.deepEqual(view.error, {
      ...{ code: 'ended_by_operator', fault: 'house' },
      message: 'The generation was ended by an operator.',
    });
    assert.deepEqual(await toldOf(id), ['requested', 'failed']);
    assert.equal((await storedGeneration(id)).attempts.length, 0);
    assert.deepEqual(await balance(), untouched);
  });

  it('ends one that the provider has: its cost is possible waste', async () => {
    await provider({ renderMs: 100_000 });
    const id = await ann.generate();
    await stack.host.settle();
    const cost = (await file(id)).generation.costUsdMicrosPerVideo;
    bodyOf(await end(id));
    assertRefusal(await end(id), { status: 409, code: 'conflict' });
    await stack.host.drainTasks();
    const { generation, audit, ledger } = await file(id);
    assert.equal(generation.error.detail, 'a test');
    assert.deepEqual([generation.costUsdMicros, generation.possibleWasteUsdMicros], [0, cost]);
    const failed = (await eventsOf(id)).at(-1);
    assert.equal(failed?.body.possibleWasteUsdMicros, cost);
    assert.equal(failed?.body.errorCode, 'ended_by_operator');
    assert.deepEqual(
      ledger.map(({ kind }: { kind: string }) => kind),
      ['hold', 'release'],
    );
    assert.deepEqual(
      audit.map(({ action, before: was, after: is }: Record<string, unknown>) => [action, was, is]),
      [['generation.ended', { state: 'running' }, { state: 'failed' }]],
    );
    assert.deepEqual(await balance(), untouched);
  });

  it('does not ask anew for somebody who is suspended', async () => {
    const bob = await clientFor(stack, 'bob');
    const id = await bob.generate();
    bodyOf(await end(id));
    bodyOf(await root.call('PATCH', '/admin/users/bob', { suspended: true, ...REASON }));
    assertRefusal(await replay(id), { status: 409, code: 'conflict' });
    bodyOf(await root.call('PATCH', '/admin/users/bob', { suspended: false, ...REASON }));
    // As a suspension that stopped half way leaves it.
    const account = (await database()).doc('users/bob');
    await account.update({ suspendedAt: new Date(stack.clock.now()) });
    const refusal = assertRefusal(await replay(id), { status: 409, code: 'conflict' });
    assert.equal(refusal.detail, 'Its owner would be refused: This account is suspended.');
    await account.update({ suspendedAt: FieldValue.delete() });
    assert.equal(bodyOf(await replay(id), 202).replayOf, id);
    await stack.host.drainTasks();
  });

  it('asks anew within the limits of its owner', async () => {
    const { limits } = bodyOf(await root.call('GET', '/admin/settings'));
    const settings = (free: object) =>
      root.call('PATCH', '/admin/settings', { limits: { ...limits, free: { ...limits.free, ...free } }, ...REASON });
    const id = await ann.generate();
    bodyOf(await end(id));
    bodyOf(await settings({ concurrentGenerations: 0 }));
    const refusal = await replay(id);
    assertRefusal(refusal, { status: 429, code: 'limit_exceeded' });
    assert.equal(refusal.body.exceeded.limit, 'concurrent_generations');
    bodyOf(await settings({}));
    assert.deepEqual((await file(id)).audit.length, 1, 'a refusal is not told');
    bodyOf(await replay(id), 202);
    await stack.host.drainTasks();
  });

  describe('the list of dead work', () => {
    it('is by state, by error, in pages, and newest first', async () => {
      const failed = await inState('limit=100');
      const ended = await inState('state=failed&code=ended_by_operator&limit=100');
      assert.ok(failed.length > ended.length && ended.length >= 3);
      const times = await Promise.all(failed.map(async (id: string) => (await storedGeneration(id)).requestedAt));
      assert.deepEqual(
        times,
        times.toSorted((a, b) => b.getTime() - a.getTime()),
      );
      const { generations, nextCursor } = bodyOf(await root.call('GET', '/admin/generations?limit=2'));
      assert.deepEqual(
        generations.map(({ id }: { id: string }) => id),
        failed.slice(0, 2),
      );
      assert.deepEqual(await inState(`limit=100&cursor=${nextCursor}`), failed.slice(2));
      assert.doesNotMatch(JSON.stringify(generations), /lighthouse/);
    });

    it('has open ones whose next step is overdue', async () => {
      // The sweeper comes with each full minute.
      await stack.host.advanceTo(Math.ceil(stack.clock.now() / 60_000) * 60_000 + 10_000);
      await pauseQueue(stack, 'dispatchGeneration');
      const id = await ann.generate();
      await stack.host.advanceBy(119_999);
      assert.deepEqual(await inState('state=overdue'), []);
      await stack.host.advanceBy(1);
      assert.deepEqual(await inState('state=overdue'), [id]);
      bodyOf(await replay(id), 202);
      assert.deepEqual(await inState('state=overdue'), []);
      await resumeQueue(stack, 'dispatchGeneration');
      await stack.host.drainTasks();
      assert.equal((await ann.generation(id)).state, 'succeeded');
    });

    it('refuses what it does not know', async () => {
      for (const query of ['state=dead', 'code=none', 'state=overdue&code=no_output', 'cursor=abc', 'limit=0']) {
        assertRefusal(await root.call('GET', `/admin/generations?${query}`), { status: 400, code: 'invalid_request' });
      }
    });
  });
});

import assert from 'node:assert/strict';
import {
  type Client,
  clientFor,
  database,
  eventsOf,
  type QuietStack,
  quietStack,
  script,
  storedGeneration,
  storedObjects,
} from '../stack/harness.ts';
import { PNG } from './pictures.ts';
import { assertRefusal } from './refusal.ts';

const WORDS = 'MARKED-WORDS';

describe('deleting a generation', () => {
  let stack: QuietStack;
  let ann: Client;
  let bob: Client;

  before(async function () {
    this.timeout(30_000);
    stack = await quietStack();
    ann = await clientFor(stack, 'ann');
    bob = await clientFor(stack, 'bob');
  });
  after(() => stack?.stop());

  const remove = (user: Client, id: string) => user.call('DELETE', `/generations/${id}`);
  const filesOf = async (id: string) => (await storedObjects(stack)).filter((name) => name.includes(id));
  const documentText = async (path: string) => JSON.stringify((await (await database()).doc(path).get()).data());

  it('removes the videos, the pictures and the words, and keeps the facts', async () => {
    const wish = {
      prompt: `${WORDS} at dusk`,
      negativePrompt: WORDS,
      image: { mimeType: 'image/png', base64: PNG },
      videos: 2,
    };
    const id = await ann.generate(wish);
    await stack.host.drainTasks();
    const before = await ann.call('GET', `/generations/${id}/metrics`);
    const events = await eventsOf(id);
    assert.ok((await filesOf(id)).filter((name) => name.endsWith('.mp4')).length === 2);
    const { status, body } = await remove(ann, id);
    assert.equal(status, 200);
    assert.deepEqual([body.prompt, body.negativePrompt, body.state], [undefined, undefined, 'succeeded']);
    assert.equal(body.deletedAt, body.filesDeletedAt);
    assert.deepEqual(await filesOf(id), []);
    assert.ok(!(await documentText(`generations/${id}`)).includes(WORDS));
    const view = await ann.generation(id);
    assert.deepEqual(
      view.outputs.map((linked) => 'url' in linked),
      [false, false],
    );
    assert.deepEqual((await ann.call('GET', `/generations/${id}/metrics`)).body, before.body);
    assert.deepEqual(await eventsOf(id), events);
    assert.equal((await storedGeneration(id)).cleanUpAt, undefined);
    const audit = await (await database()).collection('audit_log').where('target.id', '==', id).get();
    assert.deepEqual(
      audit.docs.map((doc) => [doc.get('action'), doc.get('actor'), doc.get('from')]),
      [['generation.deleted', { uid: 'ann' }, '127.0.0.1']],
    );
  });

  it('takes it out of the list, and again changes nothing', async () => {
    const kept = await ann.generate();
    const id = await ann.generate();
    await stack.host.drainTasks();
    const first = await remove(ann, id);
    const ids = (await ann.call('GET', '/generations')).body.generations.map((g: { id: string }) => g.id);
    assert.ok(ids.includes(kept) && !ids.includes(id));
    const { writes } = stack.cloud.firestore.usage().total;
    assert.deepEqual((await remove(ann, id)).body, first.body);
    assert.equal(stack.cloud.firestore.usage().total.writes, writes);
    assertRefusal(await ann.call('PUT', `/generations/${id}/rating`, { stars: 5 }), { status: 409, code: 'conflict' });
  });

  it('is refused while it is under way, and to anybody else', async () => {
    const id = await ann.generate();
    assertRefusal(await remove(ann, id), { status: 409, code: 'conflict' });
    await stack.host.drainTasks();
    assertRefusal(await remove(bob, id), { status: 404, code: 'not_found' });
    assert.equal((await ann.generation(id)).outputs.length, 1);
  });

  it('forgets what the provider said, which may quote the words', async () => {
    await script(stack, { match: { prompt: WORDS }, submit: { status: 400, message: `cannot draw ${WORDS}` } });
    const id = await ann.generate({ prompt: WORDS });
    await stack.host.drainTasks();
    assert.ok((await documentText(`generations/${id}`)).includes(WORDS));
    await remove(ann, id);
    assert.ok(!(await documentText(`generations/${id}`)).includes(WORDS));
    assert.equal((await ann.generation(id)).error?.code, 'invalid_request');
  });

  it('cut short after the words were gone, is finished by the next clean-up', async () => {
    const id = await ann.generate();
    await stack.host.drainTasks();
    const at = new Date(stack.clock.now());
    await (await database()).doc(`generations/${id}`).update({ deletedAt: at, cleanUpAt: at, listed: false });
    assert.equal((await ann.generation(id)).outputs[0]?.url, undefined);
    await stack.host.advanceBy(11 * 60_000);
    assert.deepEqual(await filesOf(id), []);
    assert.ok((await ann.generation(id)).filesDeletedAt);
  });
});

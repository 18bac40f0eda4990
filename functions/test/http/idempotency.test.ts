import assert from 'node:assert/strict';
import {
  type Client,
  clientFor,
  database,
  eventsOf,
  pauseQueue,
  type QuietStack,
  queuedTasks,
  quietStack,
  storedObjects,
} from '../stack/harness.ts';
import { PNG } from './pictures.ts';
import { assertRefusal } from './refusal.ts';

const WISH = { model: 'veo-3.1-fast-generate-001', prompt: 'a lighthouse at dusk', durationSec: 4 };

describe('the same request sent again', () => {
  let stack: QuietStack;
  let ann: Client;

  before(async function () {
    this.timeout(30_000);
    stack = await quietStack();
    ann = await clientFor(stack, 'ann');
    await pauseQueue(stack, 'dispatchGeneration');
  });
  after(() => stack?.stop());

  const ask = (client: Client, key: string, body: object = WISH) =>
    client.call('POST', '/generations', body, { 'Idempotency-Key': key });
  const tasksOf = async (id: string) =>
    (await queuedTasks(stack, 'dispatchGeneration')).filter(({ data }) => data.generationId === id).length;

  it('finds the first one', async () => {
    const first = await ask(ann, 'order-1');
    assert.equal(first.status, 202);
    assert.equal(first.headers.get('idempotency-replayed'), null);
    const again = await ask(ann, 'order-1');
    assert.equal(again.status, 202);
    assert.equal(again.headers.get('idempotency-replayed'), 'true');
    assert.equal(again.headers.get('location'), first.headers.get('location'));
    assert.deepEqual(again.body, first.body);
    assert.deepEqual(
      (await eventsOf(first.body.id)).map(({ type }) => type),
      ['generation.requested'],
    );
    assert.equal(await tasksOf(first.body.id), 1);
  });

  it('ten times at once makes one', async () => {
    const { writes } = stack.cloud.firestore.usage().total;
    const answers = await Promise.all(Array.from({ length: 10 }, () => ask(ann, 'order-2')));
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [202]);
    const ids = new Set(answers.map(({ body }) => body.id));
    assert.equal(ids.size, 1);
    const replays = answers.filter(({ headers }) => headers.get('idempotency-replayed') === 'true');
    assert.equal(replays.length, 9);
    const [id] = ids;
    assert.equal((await eventsOf(id)).length, 1);
    assert.equal(await tasksOf(id), 1);
    assert.equal(
      stack.cloud.firestore.usage().total.writes,
      writes + 5,
      'the generation, its event, its hold, its owner’s account and usage',
    );
  });

  it('may be written in another way: the order of fields, defaults spelt out', async () => {
    const first = await ask(ann, 'order-3');
    const { prompt, ...rest } = WISH;
    const again = await ask(ann, 'order-3', { resolution: '720p', prompt, ...rest, videos: 1 });
    assert.equal(again.body.id, first.body.id);
    assert.equal(again.headers.get('idempotency-replayed'), 'true');
  });

  it('with another body is refused, and nothing of it is kept', async () => {
    await ask(ann, 'order-4');
    const before = { ...stack.cloud.firestore.usage().total, objects: await storedObjects(stack) };
    const other = await ask(ann, 'order-4', { ...WISH, prompt: 'another' });
    assertRefusal(other, { status: 422, code: 'idempotency_conflict' });
    const withPicture = await ask(ann, 'order-4', { ...WISH, image: { mimeType: 'image/png', base64: PNG } });
    assertRefusal(withPicture, { status: 422, code: 'idempotency_conflict' });
    const { writes, deletes } = stack.cloud.firestore.usage().total;
    assert.deepEqual({ writes, deletes }, { writes: before.writes, deletes: before.deletes });
    assert.deepEqual(await storedObjects(stack), before.objects);
  });

  it('with a picture, by somebody who cannot pay: refused, and the picture is not kept', async () => {
    const cat = await clientFor(stack, 'cat');
    await ask(cat, 'opens-her-account');
    await (await database()).doc('users/cat').update({ 'balance.availableCredits': 0 });
    const before = await storedObjects(stack);
    for (const key of ['order-7', 'order-7']) {
      const refused = await ask(cat, key, { ...WISH, image: { mimeType: 'image/png', base64: PNG } });
      assertRefusal(refused, { status: 402, code: 'insufficient_credits' });
    }
    assert.deepEqual(await storedObjects(stack), before);
  });

  it('with a picture, ten times at once, for the last credits: makes one', async () => {
    const dan = await clientFor(stack, 'dan');
    await ask(dan, 'opens-his-account');
    const account = (await database()).doc('users/dan');
    await account.update({ 'balance.availableCredits': 40 });
    const wish = { ...WISH, image: { mimeType: 'image/png', base64: PNG } };
    const answers = await Promise.all(Array.from({ length: 10 }, () => ask(dan, 'order-8', wish)));
    assert.deepEqual([...new Set(answers.map(({ status, body }) => `${status} ${body.id}`))].length, 1);
    assert.equal((await account.get()).get('balance.availableCredits'), 0);
  });

  it('under the same key of another user is another generation', async () => {
    const bob = await clientFor(stack, 'bob');
    const [mine, theirs] = [await ask(ann, 'order-5'), await ask(bob, 'order-5')];
    assert.equal(theirs.status, 202);
    assert.equal(theirs.headers.get('idempotency-replayed'), null);
    assert.notEqual(theirs.body.id, mine.body.id);
    assertRefusal(await ann.call('GET', `/generations/${theirs.body.id}`), { status: 404 });
  });

  it('without a key is another generation each time', async () => {
    assert.notEqual(await ann.generate(), await ann.generate());
  });

  it('shows the generation as it is by then', async () => {
    const { body } = await ask(ann, 'order-6');
    assert.equal((await ann.call('POST', `/generations/${body.id}/cancel`)).status, 200);
    const again = await ask(ann, 'order-6');
    assert.equal(again.status, 202);
    assert.equal(again.body.state, 'cancelled');
  });

  it('takes keys of up to 255 visible ASCII characters, apart by every one', async () => {
    const key = '!~'.padEnd(254, 'k');
    const [a, b] = [await ask(ann, `${key}1`), await ask(ann, `${key}2`)];
    assert.equal(a.status, 202);
    assert.notEqual(a.body.id, b.body.id);
    assertRefusal(await ask(ann, `${key}12`), { status: 400, code: 'invalid_request' });
  });
});

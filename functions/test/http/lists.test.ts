import assert from 'node:assert/strict';
import { type Client, clientFor, pauseQueue, type QuietStack, quietStack } from '../stack/harness.ts';
import { assertRefusal } from './refusal.ts';

interface Page {
  ids: string[];
  nextCursor: string | undefined;
}

describe('the list of one’s own generations', () => {
  let stack: QuietStack;
  let ann: Client;
  /** In the order in which they were asked for. */
  const asked: string[] = [];

  before(async function () {
    this.timeout(30_000);
    stack = await quietStack();
    ann = await clientFor(stack, 'ann');
    const bob = await clientFor(stack, 'bob');
    await pauseQueue(stack, 'dispatchGeneration');
    for (let i = 0; i < 45; i++) {
      // Seven at each instant, so that pages break between generations of the same time, too.
      if (i % 7 === 0) await stack.host.advanceBy(1_000);
      asked.push(await ann.generate());
      if (i % 9 === 0) await bob.generate();
    }
  });
  after(() => stack?.stop());

  async function page(query = ''): Promise<Page> {
    const { status, body } = await ann.call('GET', `/generations${query}`);
    assert.equal(status, 200, JSON.stringify(body));
    const times = body.generations.map((generation: { requestedAt: string }) => generation.requestedAt);
    assert.deepEqual(times, [...times].sort().reverse(), 'newest first');
    return { ids: body.generations.map((generation: { id: string }) => generation.id), nextCursor: body.nextCursor };
  }
  const next = (cursor: string | undefined, limit = 20) => page(`?limit=${limit}&cursor=${cursor}`);

  it('comes in pages: 20, 20 and 5, each generation once', async () => {
    const first = await page('?limit=20');
    const second = await next(first.nextCursor);
    const third = await next(second.nextCursor);
    assert.deepEqual(
      [first, second, third].map(({ ids }) => ids.length),
      [20, 20, 5],
    );
    assert.equal(third.nextCursor, undefined);
    assert.deepEqual([...first.ids, ...second.ids, ...third.ids].sort(), [...asked].sort());
  });

  it('has 20 on a page unless told otherwise, and up to 100', async () => {
    assert.equal((await page()).ids.length, 20);
    const all = await page('?limit=100');
    assert.equal(all.ids.length, 45);
    assert.equal(all.nextCursor, undefined);
    assert.equal((await page('?limit=45')).nextCursor, undefined, 'nothing comes after the last one');
  });

  it('goes on where it was while new ones are asked for', async () => {
    const before = (await page('?limit=100')).ids;
    const first = await page('?limit=20');
    await stack.host.advanceBy(1_000);
    const late = await ann.generate();
    const second = await next(first.nextCursor);
    assert.deepEqual(second.ids, before.slice(20, 40));
    assert.equal((await page('?limit=1')).ids[0], late);
  });

  it('reads no more than the page and one', async () => {
    stack.cloud.firestore.resetUsage();
    await page('?limit=20');
    assert.equal(stack.cloud.firestore.usage().total.reads, 21);
  });

  it('gives nobody anything for the cursor of another', async () => {
    const eve = await clientFor(stack, 'eve');
    const { nextCursor } = await page('?limit=20');
    assert.deepEqual((await eve.call('GET', `/generations?cursor=${nextCursor}`)).body, { generations: [] });
  });

  const wrong = [
    'cursor=abc',
    'cursor=%00',
    `cursor=${'x'.repeat(201)}`,
    `cursor=${Buffer.from('99999999999999999/abc').toString('base64url')}`,
    `cursor=${Buffer.from('999999999999999/abc').toString('base64url')}`,
    `cursor=${Buffer.from('5/../x').toString('base64url')}`,
    `cursor=${Buffer.from('5/..').toString('base64url')}`,
    `cursor=${Buffer.from('5/__name__').toString('base64url')}`,
    'cursor=',
    'cursor=a&cursor=b',
    'limit=0',
    'limit=-1',
    'limit=101',
    'limit=abc',
    'limit=1.5',
    'limit=',
    'limit=1e9',
    'limit=5&limit=6',
    'state=succeeded',
    'uid=bob',
    '__proto__=1',
  ];
  for (const query of wrong) {
    it(`refuses ?${query.slice(0, 60)}`, async () => {
      assertRefusal(await ann.call('GET', `/generations?${query}`), { status: 400, code: 'invalid_request' });
    });
  }
});

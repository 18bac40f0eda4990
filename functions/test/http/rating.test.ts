import assert from 'node:assert/strict';
import { type Client, clientFor, eventsOf, type QuietStack, quietStack, script } from '../stack/harness.ts';
import { assertRefusal } from './refusal.ts';

describe('rating a generation', () => {
  let stack: QuietStack;
  let ann: Client;
  let succeeded: string;

  before(async function () {
    this.timeout(30_000);
    stack = await quietStack();
    ann = await clientFor(stack, 'ann');
    succeeded = await ann.generate();
    await stack.host.drainTasks();
  });
  after(() => stack?.stop());

  const rate = (id: string, stars: unknown) => ann.call('PUT', `/generations/${id}/rating`, { stars });

  it('before its end is refused', async () => {
    const id = await ann.generate();
    await stack.host.settle();
    const refusal = assertRefusal(await rate(id, 5), { status: 409, code: 'conflict' });
    assert.equal(refusal.detail, 'The generation has not ended yet.');
    await stack.host.drainTasks();
    assert.equal((await rate(id, 5)).status, 200);
  });

  it('that came to no video is refused', async () => {
    await script(
      stack,
      { match: { prompt: 'refused' }, submit: { status: 400, message: 'bad field' } },
      { match: { prompt: 'unsafe' }, outcome: 'blocked' },
    );
    for (const [prompt, state] of [
      ['refused', 'failed'],
      ['unsafe', 'blocked'],
    ] as const) {
      const id = await ann.generate({ prompt });
      await stack.host.drainTasks();
      const refusal = assertRefusal(await rate(id, 5), { status: 409, code: 'conflict' });
      assert.equal(refusal.detail, `There is no video to rate: ${state}.`);
      assert.equal((await ann.generation(id)).rating, undefined);
    }
  });

  for (const stars of [0, 6, -1, 1.5, '5', null, true, [5]]) {
    it(`with ${JSON.stringify(stars)} stars is refused`, async () => {
      const refusal = assertRefusal(await rate(succeeded, stars), { status: 400, code: 'invalid_request' });
      assert.deepEqual(
        refusal.errors?.map(({ path }) => path),
        ['stars'],
      );
    });
  }

  it('may change; each change is told with what it was before, the same stars again are not', async () => {
    for (const stars of [3, 3, 5, 1]) assert.equal((await rate(succeeded, stars)).body.rating, stars);
    await stack.host.settle();
    const changes = (await eventsOf(succeeded)).filter(({ type }) => type === 'generation.rated');
    assert.deepEqual(
      changes.map(({ body }) => [body.from, body.to]),
      [
        [null, 3],
        [3, 5],
        [5, 1],
      ],
    );
    assert.equal((await ann.call('GET', `/generations/${succeeded}/metrics`)).body.ratingStars, 1);
  });

  it('by ten at once ends at one of them, with a chain of changes that leads there', async () => {
    const answers = await Promise.all([1, 2, 3, 4, 5, 1, 2, 3, 4, 5].map((stars) => rate(succeeded, stars)));
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
    const { rating } = await ann.generation(succeeded);
    const changes = (await eventsOf(succeeded)).filter(({ type }) => type === 'generation.rated');
    for (const [i, { body }] of changes.entries()) assert.equal(body.from, i === 0 ? null : changes[i - 1]?.body.to);
    assert.equal(changes.at(-1)?.body.to, rating);
  });
});

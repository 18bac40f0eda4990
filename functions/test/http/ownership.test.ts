import assert from 'node:assert/strict';
import { type Client, clientFor, type QuietStack, quietStack } from '../stack/harness.ts';
import { assertRefusal } from './refusal.ts';

const ROUTES = [
  ['GET', ''],
  ['GET', '/metrics'],
  ['POST', '/cancel'],
  ['PUT', '/rating', { stars: 5 }],
] as const;

describe("somebody else's generation", () => {
  let stack: QuietStack;
  let eve: Client;
  let analyst: Client;
  let id: string;

  before(async function () {
    this.timeout(30_000);
    stack = await quietStack();
    const ann = await clientFor(stack, 'ann');
    eve = await clientFor(stack, 'eve');
    analyst = await clientFor(stack, 'al', { role: 'analyst' });
    id = await ann.generate();
    await stack.host.drainTasks();
    assert.equal((await ann.generation(id)).state, 'succeeded');
  });
  after(() => stack?.stop());

  for (const [method, path, body] of ROUTES) {
    it(`is answered like one that does not exist: ${method} /generations/{id}${path}`, async () => {
      const { writes } = stack.cloud.firestore.usage().total;
      for (const client of [eve, analyst]) {
        const theirs = await client.call(method, `/generations/${id}${path}`, body);
        const none = await client.call(method, `/generations/thereIsNoSuchThing00${path}`, body);
        const refusal = assertRefusal(theirs, { status: 404, code: 'not_found' });
        assert.deepEqual({ ...refusal, requestId: none.body.requestId }, none.body);
        const comparable = ({ headers }: typeof theirs) =>
          [...headers].filter(([name]) => name !== 'x-request-id' && name !== 'date');
        assert.deepEqual(comparable(theirs), comparable(none));
      }
      assert.equal(stack.cloud.firestore.usage().total.writes, writes);
    });
  }

  it('is in no list but its owner’s', async () => {
    assert.deepEqual((await eve.call('GET', '/generations')).body, { generations: [] });
  });
});

import assert from 'node:assert/strict';
import {
  type Client,
  clientFor,
  database,
  type QuietStack,
  quietStack,
  script,
  storedObjects,
} from '../../stack/harness.ts';
import { PNG } from '../pictures.ts';
import { assertRefusal } from '../refusal.ts';

describe('a replay that its owner cannot pay', () => {
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

  it('is refused and leaves no copies of the pictures', async () => {
    await script(stack, { match: { prompt: 'refused' }, submit: { status: 400 } });
    const id = await ann.generate({ prompt: 'refused', image: { mimeType: 'image/png', base64: PNG } });
    await stack.host.drainTasks();
    await (await database()).doc('users/ann').update({ 'balance.availableCredits': 0 });
    const before = await storedObjects(stack);
    assert.equal(before.length, 1);
    const answer = await root.call('POST', `/admin/generations/${id}/replay`, { reason: 'a test' });
    assertRefusal(answer, { status: 402, code: 'insufficient_credits' });
    assert.deepEqual(await storedObjects(stack), before);
  });
});

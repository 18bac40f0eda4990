import assert from 'node:assert/strict';
import type { Stack } from '../../../../local/stack/in-process.ts';
import {
  type Client,
  capturedLogs,
  clientFor,
  database,
  frozenStack,
  type Logs,
  placeOf,
  script,
  storedObjects,
} from '../../stack/harness.ts';
import { PNG } from '../pictures.ts';
import { assertRefusal } from '../refusal.ts';

describe('a replay that its owner cannot pay', () => {
  let stack: Stack;
  let logs: Logs;
  let root: Client;
  let ann: Client;

  before(async function () {
    this.timeout(30_000);
    logs = capturedLogs();
    stack = await frozenStack();
    root = await clientFor(placeOf(stack), 'root', { role: 'admin' });
    ann = await clientFor(placeOf(stack), 'ann');
  });
  after(async () => {
    await stack?.stop();
    logs?.restore();
  });

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

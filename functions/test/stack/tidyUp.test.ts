import assert from 'node:assert/strict';
import type { Stack } from '../../../local/stack/in-process.ts';
import { BUCKET } from '../../../local/stack/project.ts';
import { enqueue } from '../../src/platform/tasks.ts';
import {
  type Client,
  clientFor,
  frozenStack,
  placeOf,
  send,
  storedGeneration,
  storedObjects,
  toldOf,
} from './harness.ts';

describe('a crash between the end of a generation and the removal of what its provider wrote', () => {
  let stack: Stack;
  let ann: Client;

  before(async function () {
    this.timeout(30_000);
    stack = await frozenStack();
    ann = await clientFor(placeOf(stack), 'ann');
  });
  after(() => stack?.stop());

  it('is made good by the delivery that follows', async () => {
    const id = await ann.generate();
    await stack.host.drainTasks();
    const before = await storedGeneration(id);
    const outputs = before.outputs.map(({ path }) => path);
    const left = `attempts/${id}/1/123/sample_0.mp4`;
    const upload = `${stack.cloud.storage.url}/upload/storage/v1/b/${BUCKET}/o?uploadType=media&name=${encodeURIComponent(left)}`;
    assert.equal((await send(upload, 'POST', 'what the provider wrote')).status, 200);
    assert.ok((await storedObjects(stack)).includes(left));

    const data = { generationId: id, epoch: 1, key: 'settle.1' };
    await enqueue({ queue: 'settleGeneration', id: 'delivered-again', data });
    await stack.host.drainTasks();
    const objects = await storedObjects(stack);
    assert.ok(!objects.includes(left));
    assert.ok(outputs.length === 1 && outputs.every((path) => objects.includes(path)), 'the videos stay');
    assert.deepEqual(await storedGeneration(id), before);
    assert.deepEqual(await toldOf(id), ['requested', 'submitted', 'succeeded']);
  });
});

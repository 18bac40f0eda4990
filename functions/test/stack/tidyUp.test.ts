import assert from 'node:assert/strict';
import { getApp } from 'firebase-admin/app';
import { FieldValue } from 'firebase-admin/firestore';
import { getStorage } from 'firebase-admin/storage';
import type { Stack } from '../../../local/stack/in-process.ts';
import { BUCKET } from '../../../local/stack/project.ts';
import { enqueue } from '../../src/platform/tasks.ts';
import {
  type Client,
  clientFor,
  database,
  frozenStack,
  pauseQueue,
  resumeQueue,
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
    ann = await clientFor(stack, 'ann');
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

describe('a generation that ends while its videos are being copied', () => {
  let stack: Stack;
  let ann: Client;
  let files: { copy(...args: unknown[]): Promise<unknown> };
  let copy: typeof files.copy;

  before(async function () {
    this.timeout(30_000);
    stack = await frozenStack();
    ann = await clientFor(stack, 'ann');
  });
  afterEach(() => {
    files.copy = copy;
  });
  after(() => stack?.stop());

  for (const [how, change] of Object.entries({
    'stored by a twin and deleted by its owner': { state: 'succeeded', deletedAt: new Date(), cleaned: ['outputs'] },
    'given up': { state: 'failed', cleaned: ['attempts'] },
  })) {
    it(`leaves no copy behind: ${how}`, async () => {
      await pauseQueue(stack, 'settleGeneration');
      const id = await ann.generate();
      for (let i = 0; i < 60 && (await storedGeneration(id)).state !== 'storing'; i++) {
        await stack.host.advanceBy(10_000);
      }
      const document = (await database()).doc(`generations/${id}`);
      let copies = 0;
      files = Object.getPrototypeOf(getStorage(getApp()).bucket(BUCKET).file('any'));
      copy = files.copy;
      files.copy = async function (...args) {
        if (copies++ === 0) {
          await document.update({ ...change, endedAt: new Date(stack.clock.now()), nextActionAt: FieldValue.delete() });
        }
        return copy.apply(this, args);
      };
      await resumeQueue(stack, 'settleGeneration');
      await stack.host.drainTasks();
      assert.ok(copies > 0);
      assert.deepEqual(
        (await storedObjects(stack)).filter((name) => name.startsWith('videos/') && name.includes(id)),
        [],
      );
    });
  }
});

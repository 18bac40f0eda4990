import assert from 'node:assert/strict';
import type { Stack } from '../../../local/stack/in-process.ts';
import { startWire, type Wire } from '../http/wire.ts';
import { type Client, clientFor, database, frozenStack, leapBy, pauseQueue, resumeQueue, script } from './harness.ts';

describe('videos that cannot be stored', () => {
  let stack: Stack;
  let ann: Client;
  let wire: Wire;

  before(async function () {
    this.timeout(30_000);
    wire = await startWire();
    stack = await frozenStack({ env: { STORAGE_EMULATOR_HOST: wire.url } });
    wire.leadTo(stack.cloud.storage.port);
    ann = await clientFor(stack, 'ann');
  });
  after(async () => {
    await wire?.stop();
    await stack?.stop();
  });

  it('end an attempt that nobody knows of, too, when its place cannot be looked at for hours', async function () {
    this.timeout(60_000);
    await script(stack, { match: { prompt: 'nobody knows' }, submit: { status: 500 } });
    const id = await ann.generate({ prompt: 'nobody knows' });
    await stack.host.settle();
    const document = (await database()).doc(`generations/${id}`);
    const [attempt] = (await document.get()).get('attempts');
    assert.equal(attempt.uncertain.code, 'provider_internal');
    await document.update({ attempts: [{ ...attempt, startedAt: new Date(stack.clock.now() - 2 * 3_600_000) }] });
    wire.become('cut');
    await stack.host.advanceBy(70_000);
    wire.become('whole');
    const [ended] = (await document.get()).get('attempts');
    assert.equal(ended.error?.code, 'submit_uncertain');
  });

  /** A generation whose video is rendered and waits to be stored. */
  async function rendered(): Promise<string> {
    await pauseQueue(stack, 'settleGeneration');
    const id = await ann.generate();
    for (let i = 0; i < 60 && (await ann.generation(id)).state !== 'storing'; i++) await stack.host.advanceBy(10_000);
    assert.equal((await ann.generation(id)).state, 'storing');
    return id;
  }

  it('end the generation at once when they are somewhere else', async () => {
    const id = await rendered();
    const elsewhere = [{ gcsUri: 'gs://somebody-elses-bucket/x.mp4', mimeType: 'video/mp4' }];
    await (await database()).doc(`generations/${id}`).update({ rendered: elsewhere });
    await resumeQueue(stack, 'settleGeneration');
    await stack.host.settle();
    const view = await ann.generation(id);
    assert.deepEqual([view.state, view.error?.code], ['failed', 'storage_failed']);
    const { body } = await ann.call('GET', `/generations/${id}/metrics`);
    assert.deepEqual([body.videosDelivered, body.costUsd], [0, 0.4], 'the render is paid for all the same');
  });

  it('end it after an hour of trying when the storage is away', async function () {
    this.timeout(60_000);
    const id = await rendered();
    wire.become('cut');
    await resumeQueue(stack, 'settleGeneration');
    await leapBy(stack, 50 * 60_000);
    assert.equal((await ann.generation(id)).state, 'storing', 'it may come back');
    await leapBy(stack, 60 * 60_000);
    const { state, error } = await ann.generation(id);
    assert.deepEqual([state, error?.code], ['failed', 'storage_failed']);
  });
});

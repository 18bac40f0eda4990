import assert from 'node:assert/strict';
import jpeg from 'jpeg-js';
import type { Stack } from '../../../local/stack/in-process.ts';
import { BUCKET } from '../../../local/stack/project.ts';
import {
  type Client,
  capturedLogs,
  clientFor,
  frozenStack,
  pauseQueue,
  resumeQueue,
  storedGeneration,
  storedObjects,
} from './harness.ts';

describe('posters', () => {
  let stack: Stack;
  let ann: Client;

  before(async function () {
    this.timeout(30_000);
    stack = await frozenStack();
    ann = await clientFor(stack, 'ann');
  });
  after(() => stack?.stop());

  /** A generation whose videos are rendered and wait to be stored. */
  async function rendered(request: object = {}): Promise<string> {
    await pauseQueue(stack, 'settleGeneration');
    const id = await ann.generate(request);
    for (let i = 0; i < 60 && (await ann.generation(id)).state !== 'storing'; i++) await stack.host.advanceBy(10_000);
    assert.equal((await ann.generation(id)).state, 'storing');
    return id;
  }

  interface Shown {
    url: string;
    urlExpiresAt: string;
    posterUrl?: string;
    sizeBytes: number;
  }

  /** Stores the videos, and answers how their owner sees them then. */
  async function settled(id: string): Promise<Shown[]> {
    await resumeQueue(stack, 'settleGeneration');
    await stack.host.settle();
    const { body } = await ann.call('GET', `/generations/${id}`);
    assert.equal(body.state, 'succeeded');
    return body.outputs;
  }

  async function overwrite(path: string, bytes: Buffer): Promise<void> {
    const url = `${stack.cloud.storage.url}/upload/storage/v1/b/${BUCKET}/o?uploadType=media&name=${encodeURIComponent(path)}`;
    const answer = await fetch(url, { method: 'POST', body: new Uint8Array(bytes) });
    assert.equal(answer.status, 200, await answer.text());
  }

  async function assertJpeg(url: string | undefined, size: [number, number]): Promise<void> {
    const answer = await fetch(url ?? assert.fail('no poster'));
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get('content-type'), 'image/jpeg');
    const { width, height } = jpeg.decode(Buffer.from(await answer.arrayBuffer()));
    assert.deepEqual([width, height], size);
  }

  it('are beside each video, behind a link that expires with that of the video', async () => {
    const id = await rendered({ videos: 2, aspectRatio: '9:16' });
    const outputs = await settled(id);
    assert.equal(outputs.length, 2);
    for (const { posterUrl } of outputs) await assertJpeg(posterUrl, [180, 320]);
    const beside = (await storedObjects(stack)).filter((path) => path.startsWith(`videos/ann/${id}/`));
    assert.deepEqual(
      beside,
      ['0.jpg', '0.mp4', '1.jpg', '1.mp4'].map((name) => `videos/ann/${id}/${name}`),
    );
    await stack.host.advanceBy(Date.parse(outputs[0]?.urlExpiresAt ?? '') - stack.clock.now() + 1_000);
    assert.equal((await fetch(outputs[0]?.posterUrl ?? '')).status, 400);
  });

  it('are made anew when storing is repeated', async () => {
    const id = await rendered();
    await overwrite(`videos/ann/${id}/0.jpg`, Buffer.from('half done'));
    const outputs = await settled(id);
    await assertJpeg(outputs[0]?.posterUrl, [320, 180]);
  });

  it('cost nobody a video that does not decode', async () => {
    const id = await rendered();
    const [video] = (await storedGeneration(id)).rendered ?? [];
    assert.ok(video);
    await overwrite(video.gcsUri.slice(`gs://${BUCKET}/`.length), Buffer.alloc(50_000, 'not a video '));
    const logs = capturedLogs();
    const outputs = await settled(id).finally(logs.restore);
    assert.deepEqual(
      outputs.map(({ sizeBytes, posterUrl }) => [sizeBytes, posterUrl]),
      [[50_000, undefined]],
    );
    const told = logs.lines.filter(({ component }) => component === 'generation.poster');
    assert.deepEqual(
      told.map(({ severity, message, path }) => [severity, message, path]),
      [['WARNING', 'no poster', `videos/ann/${id}/0.mp4`]],
    );
  });

  it('are not tried for a video that could not be stored for two minutes', async () => {
    const id = await rendered();
    await stack.host.advanceBy(121_000);
    const outputs = await settled(id);
    assert.deepEqual([outputs.length, outputs[0]?.posterUrl], [1, undefined]);
  });
});

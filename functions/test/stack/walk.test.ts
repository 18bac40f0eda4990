import assert from 'node:assert/strict';
import type { Stack } from '../../../local/stack/in-process.ts';
import { type Client, clientFor, eventsOf, frozenStack, NOON, script, send } from './harness.ts';

const iso = (ms: number) => new Date(NOON + ms).toISOString();

describe('a generation from wish to rating', () => {
  let stack: Stack;
  let ann: Client;
  let id: string;

  before(async function () {
    this.timeout(30_000);
    stack = await frozenStack();
    ann = await clientFor(stack, 'ann');
    await script(stack, { renderMs: 75_000 });
  });
  after(() => stack?.stop());

  it('is taken in', async () => {
    const { status, headers, body } = await ann.call('POST', '/generations', {
      model: 'veo-3.1-fast-generate-001',
      prompt: 'a lighthouse at dusk',
      durationSec: 8,
      style: 'cinematic',
    });
    assert.equal(status, 202);
    id = body.id;
    assert.equal(headers.get('location'), `/api/v1/generations/${id}`);
    assert.equal(headers.get('cache-control'), 'private, no-cache');
    assert.equal(body.state, 'queued');
    assert.equal(body.priceUsd, 0.8);
    assert.equal(body.requestedAt, iso(0));
  });

  it('goes to the provider at once', async () => {
    await stack.host.settle();
    const view = await ann.generation(id);
    assert.equal(view.state, 'running');
    assert.equal(view.submittedAt, iso(0));
    assert.equal(view.progress, 0);
    assert.equal(view.expectedEndAt, iso(62_929));
  });

  it('shows how far it is', async () => {
    await stack.host.advanceTo(NOON + 25_172);
    assert.equal((await ann.generation(id)).progress, 0.4);
  });

  it('is polled when a render usually ends, then every few seconds, and stored once done', async () => {
    await stack.host.advanceTo(NOON + 76_000);
    const view = await ann.generation(id);
    assert.equal(view.state, 'running', 'ready after 75 s, polled at 62.9 s and 70.8 s, next at 79.6 s');
    await stack.host.advanceTo(NOON + 80_000);
    const done = await ann.generation(id);
    assert.equal(done.state, 'succeeded');
    assert.equal(done.progress, 1);
    assert.equal(done.endedAt, iso(79_644));
    assert.equal(done.outputs.length, 1);
  });

  it('plays: the whole MP4, a range of it, and not after the link has expired', async () => {
    const [output] = (await ann.generation(id)).outputs;
    assert.ok(output);
    assert.equal(output.urlExpiresAt, iso(980_000));
    const whole = await fetch(output.url);
    const bytes = Buffer.from(await whole.arrayBuffer());
    assert.equal(whole.status, 200);
    assert.equal(whole.headers.get('content-type'), 'video/mp4');
    assert.equal(bytes.toString('latin1', 4, 8), 'ftyp');
    const part = await fetch(output.url, { headers: { Range: 'bytes=100-199' } });
    assert.equal(part.status, 206);
    assert.equal(part.headers.get('content-range'), `bytes 100-199/${bytes.length}`);
    assert.deepEqual(Buffer.from(await part.arrayBuffer()), bytes.subarray(100, 200));
    await stack.host.advanceTo(NOON + 981_000);
    assert.equal((await fetch(output.url)).status, 400);
  });

  it('is rated, and rated again', async () => {
    assert.equal((await ann.call('PUT', `/generations/${id}/rating`, { stars: 4 })).status, 200);
    const { body } = await ann.call('PUT', `/generations/${id}/rating`, { stars: 5 });
    assert.equal(body.rating, 5);
    await ann.call('PUT', `/generations/${id}/rating`, { stars: 5 });
  });

  it('has its facts measured', async () => {
    await stack.host.settle();
    const { status, body } = await ann.call('GET', `/generations/${id}/metrics`);
    assert.equal(status, 200);
    assert.deepEqual(body, {
      generationId: id,
      model: 'veo-3.1-fast-generate-001',
      provider: 'google',
      kind: 'text_to_video',
      style: 'cinematic',
      outcome: 'succeeded',
      requestedAt: iso(0),
      endedAt: iso(79_644),
      queueMs: 0,
      renderMs: 79_644,
      renderUncertaintyMs: 8_849,
      storeMs: 0,
      totalMs: 79_644,
      attempts: 1,
      polls: 3,
      videosAsked: 1,
      videosDelivered: 1,
      videosBlocked: 0,
      videoSec: 8,
      costUsd: 0.8,
      costIsEstimate: true,
      ratingStars: 5,
    });
  });

  it('has told every step to the log, once', async () => {
    const events = await eventsOf(id);
    assert.deepEqual(
      events.map((event) => event.id),
      [
        `${id}.1.generation.requested`,
        `${id}.3.generation.submitted`,
        `${id}.5.generation.succeeded`,
        `${id}.6.generation.rated`,
        `${id}.7.generation.rated`,
      ],
    );
    assert.equal(events[3]?.body.from, null);
    assert.deepEqual([events[4]?.body.from, events[4]?.body.to], [4, 5]);
  });

  it("left nothing at the provider's place", async () => {
    const { body } = await send(
      `${stack.cloud.storage.url}/storage/v1/b/demo-dailies.firebasestorage.app/o?prefix=attempts/`,
    );
    assert.deepEqual(body.items ?? [], []);
  });
});

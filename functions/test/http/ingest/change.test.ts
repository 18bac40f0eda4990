import assert from 'node:assert/strict';
import { type Client, clientFor, database, eventsOf, type QuietStack, quietStack } from '../../stack/harness.ts';
import { assertRefusal } from '../refusal.ts';
import { eventsAbout, open, report, reported } from './reports.ts';

describe('what is told later of a generation', function () {
  this.timeout(30_000);
  let stack: QuietStack;
  let ingest: Client;

  before(async () => {
    stack = await quietStack();
    ingest = await clientFor(stack, 'ingest', { role: 'ingest' });
  });
  after(() => stack?.stop());
  beforeEach(() => stack.host.advanceBy(61_000));

  const patch = async (id: string, change: object) => {
    // So that what is recorded later is later.
    await stack.host.advanceBy(1);
    return ingest.call('PATCH', `/metrics/generations/${id}`, change);
  };
  const told = async (id: string) => (await eventsAbout(id)).map(({ type }) => type);
  const END = { outcome: 'succeeded', endedAt: '2024-11-01T10:00:30Z', videoSec: 8 };

  it('its end becomes the terminal event, once', async () => {
    const id = await reported(ingest, open('ends-later'));
    stack.cloud.firestore.resetUsage();
    const { status, body } = await patch(id, { ...END, rating: 5 });
    assert.equal(status, 200, JSON.stringify(body));
    const { reads, writes } = stack.cloud.firestore.usage().total;
    assert.ok(reads <= 2, `${reads}`);
    assert.equal(writes, 2);
    assert.deepEqual(
      { outcome: body.outcome, totalMs: body.totalMs, ratingStars: body.ratingStars, costUsd: body.costUsd },
      { outcome: 'succeeded', totalMs: 30_000, ratingStars: 5, costUsd: undefined },
    );
    await stack.host.advanceBy(1_000);
    assert.deepEqual((await patch(id, { ...END, rating: 5 })).body, body);
    const events = await eventsAbout(id);
    assert.deepEqual(
      events.map(({ type, occurredAt }) => [type, occurredAt.toISOString()]),
      [
        ['generation.requested', '2024-11-01T10:00:00.000Z'],
        ['generation.succeeded', '2024-11-01T10:00:30.000Z'],
      ],
    );
    const end = events[1]?.body ?? assert.fail();
    assert.equal('requestedAt' in end, false, 'the arrival was told before');
    assert.equal('ratingStars' in end && end.ratingStars, 5);
    assert.equal((await ingest.call('POST', '/metrics/generations', open('ends-later'))).body.unchanged, 1);
  });

  it('a fact that was absent, and one that was wrong, become a correction from and to', async () => {
    const id = await reported(ingest, report('corrected', { renderMs: undefined }));
    const { body } = await patch(id, { renderMs: 24_000, storeMs: 4_000, costUsd: 0.5 });
    assert.deepEqual([body.renderMs, body.storeMs, body.costUsd], [24_000, 4_000, 0.5]);
    await patch(id, { renderMs: 24_000, costUsd: 0.5 });
    const [, correction, ...more] = await eventsAbout(id);
    assert.deepEqual(more, []);
    assert.equal(correction?.type, 'generation.corrected');
    assert.deepEqual(correction?.body, {
      ...{ generationId: id, provider: 'kling', model: 'kling-v2', kind: 'text_to_video' },
      endedAt: new Date('2024-11-01T10:00:30Z'),
      changes: [
        { measure: 'renderMs', from: null, to: 24_000 },
        { measure: 'storeMs', from: 3_000, to: 4_000 },
        { measure: 'costUsdMicros', from: 400_000, to: 500_000 },
      ],
    });
    await patch(id, { rating: 4 });
    await patch(id, { videoSec: 6, rating: 3 });
    const later = (await eventsAbout(id)).slice(3).map(({ type, body }) => [type, { ...body }] as const);
    const [corrected, rated] = later.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, body]) => body as object);
    assert.deepEqual(
      corrected && 'ratingStars' in corrected && corrected.ratingStars,
      4,
      'the rating that stood before',
    );
    assert.deepEqual(rated && 'videoSec' in rated && rated.videoSec, 6);
  });

  it('a rating and a score are told from and to', async () => {
    const id = await reported(ingest, report('rated', { rating: 2 }));
    await patch(id, { rating: 5, quality: 0.5, scorer: 'judge' });
    await patch(id, { rating: 5 });
    await patch(id, { quality: 0.75 });
    const bodies = (await eventsAbout(id)).slice(1).map(({ type, body }) => {
      const { from, to, scorer } = body as { from: number | null; to: number; scorer?: string };
      return [type, from, to, scorer];
    });
    assert.deepEqual(
      bodies.sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)),
      [
        ['generation.rated', 2, 5, undefined],
        ['generation.scored', null, 500, 'judge'],
        ['generation.scored', 500, 750, 'studio'],
      ],
    );
  });

  it('two at the same time both come through', async () => {
    const id = await reported(ingest, report('twins'));
    const answers = await Promise.all([
      patch(id, { rating: 3 }),
      patch(id, { quality: 0.1 }),
      patch(id, { costUsd: 1 }),
    ]);
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200, 200],
    );
    assert.deepEqual((await told(id)).toSorted(), [
      'generation.corrected',
      'generation.rated',
      'generation.scored',
      'generation.succeeded',
    ]);
  });

  it('what is final cannot change, and what contradicts itself is refused', async () => {
    const id = await reported(ingest, report('final'));
    assertRefusal(await patch(id, { outcome: 'failed', errorCode: 'no_output', videosDelivered: 0, videoSec: 0 }), {
      ...{ status: 409, code: 'conflict' },
    });
    assertRefusal(await patch(id, { attempts: 2 }), { status: 409 });
    assertRefusal(await patch(id, { totalMs: 60_000 }), { status: 400 });
    assertRefusal(await patch(id, { requestedAt: '2024-11-01T10:00:00Z' }), { status: 400 });
    assertRefusal(await patch(id, { colour: 'red' }), { status: 400 });
    assertRefusal(await patch('nosuchgeneration', { rating: 5 }), { status: 404 });
    const open_ = await reported(ingest, open('still-open'));
    assertRefusal(await patch(open_, { rating: 5 }), { status: 400 });
    assert.deepEqual(await told(id), ['generation.succeeded']);
    assert.deepEqual(await told(open_), ['generation.requested']);
  });

  it('our own generations have their quality scored, and nothing else', async () => {
    const ann = await clientFor(stack, 'ann');
    const id = await ann.generate();
    const score = (quality: number) =>
      ingest.call('PUT', `/metrics/generations/${id}/quality`, { scorer: 'judge', quality });
    assertRefusal(await score(0.5), { status: 409 });
    await stack.host.drainTasks();
    await stack.host.settle();
    assert.deepEqual((await score(0.5)).body, { generationId: id, scorer: 'judge', quality: 0.5 });
    assert.equal((await score(0.5)).status, 200);
    assert.equal((await score(0.625)).status, 200);
    await ann.call('PUT', `/generations/${id}/rating`, { stars: 4 });
    await stack.host.settle();
    const scored = (await eventsOf(id)).filter(({ type }) => type === 'generation.scored');
    assert.deepEqual(
      scored.map(({ body: { scorer, from, to } }) => [scorer, from, to]),
      [
        ['judge', null, 500],
        ['judge', 500, 625],
      ],
    );
    const metrics = await (await database()).doc(`video_generation_metrics/${id}`).get();
    assert.deepEqual(
      [metrics.get('qualityThousandths'), metrics.get('scorer'), metrics.get('ratingStars'), metrics.get('source')],
      [625, 'judge', 4, 'dailies'],
    );
    assertRefusal(await patch(id, { rating: 5 }), { status: 409 });
    assertRefusal(await ann.call('PUT', `/metrics/generations/${id}/quality`, { scorer: 'me', quality: 1 }), {
      status: 403,
    });
  });

  it('reported ones, too', async () => {
    const id = await reported(ingest, report('scored'));
    await stack.host.advanceBy(1);
    const { status } = await ingest.call('PUT', `/metrics/generations/${id}/quality`, { scorer: 'judge', quality: 1 });
    assert.equal(status, 200);
    assert.deepEqual(await told(id), ['generation.succeeded', 'generation.scored']);
    const stillOpen = await reported(ingest, open('scored-too-early'));
    const early = await ingest.call('PUT', `/metrics/generations/${stillOpen}/quality`, {
      scorer: 'judge',
      quality: 1,
    });
    assertRefusal(early, { status: 409 });
    const unknown = await ingest.call('PUT', '/metrics/generations/nosuch/quality', { scorer: 'judge', quality: 1 });
    assertRefusal(unknown, { status: 404 });
  });
});

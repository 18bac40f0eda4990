import assert from 'node:assert/strict';
import { measure } from '../../../src/core/generation/measure.ts';
import { progressOf, viewOf } from '../../../src/core/generation/view.ts';
import { at, queued, T0 } from './sample.ts';

const ended = queued({
  state: 'succeeded',
  seq: 5,
  attempts: [
    {
      number: 1,
      storageUri: 'gs://b/1/',
      startedAt: at(1_000),
      nextPoll: 0,
      polls: 1,
      endedAt: at(2_000),
      error: { code: 'provider_quota' },
    },
    {
      number: 2,
      storageUri: 'gs://b/2/',
      startedAt: at(9_000),
      acceptedAt: at(10_000),
      operation: 'op',
      nextPoll: 2,
      polls: 3,
      lastPolledAt: at(46_000),
      costUsdMicros: 800_000,
    },
  ],
  submittedAt: at(10_000),
  renderedAt: at(48_000),
  endedAt: at(49_500),
  videosBlocked: 1,
  outputs: [{ path: 'videos/ann/gen1/0.mp4', mimeType: 'video/mp4', sizeBytes: 12_345 }],
  rating: { stars: 4, ratedAt: at(60_000) },
});

describe('core/generation measure', () => {
  it('measures every phase in milliseconds, and says how exact the render time is', () => {
    assert.deepEqual(measure(ended), {
      source: 'dailies',
      generationId: 'gen1',
      uid: 'ann',
      seq: 5,
      model: 'veo-3.1-fast-generate-001',
      provider: 'google',
      kind: 'text_to_video',
      outcome: 'succeeded',
      requestedAt: T0,
      endedAt: at(49_500),
      queueMs: 10_000,
      renderMs: 38_000,
      renderUncertaintyMs: 2_000,
      storeMs: 1_500,
      totalMs: 49_500,
      attempts: 2,
      polls: 4,
      videosAsked: 2,
      videosDelivered: 1,
      videosBlocked: 1,
      videoSec: 8,
      costUsdMicros: 800_000,
      wasteUsdMicros: 0,
      possibleWasteUsdMicros: 0,
      costIsEstimate: true,
      chargedCredits: 80,
      ratingStars: 4,
    });
  });

  it('leaves out what was never reached', () => {
    const metrics = measure(queued({ state: 'cancelled', endedAt: at(3_000) }));
    assert.equal(metrics.outcome, 'cancelled');
    assert.equal(metrics.totalMs, 3_000);
    assert.equal(metrics.costUsdMicros, 0);
    assert.ok(!('queueMs' in metrics) && !('renderMs' in metrics) && !('storeMs' in metrics));
  });

  it('counts what was rendered and never stored as a cost', () => {
    const lost = measure({
      ...ended,
      state: 'failed',
      outputs: [],
      error: { code: 'storage_failed' },
    });
    assert.deepEqual([lost.wasteUsdMicros, lost.chargedCredits], [800_000, 0]);
    assert.deepEqual([lost.videosDelivered, lost.costUsdMicros, lost.storeMs], [0, 800_000, undefined]);
  });

  it('says nothing of a render of which the submit is not known', () => {
    const { submittedAt: _submittedAt, ...unknown } = ended;
    const metrics = measure({ ...unknown, state: 'failed', error: { code: 'submit_uncertain' } });
    assert.ok(!('renderMs' in metrics) && !('renderUncertaintyMs' in metrics));
  });

  it('has no outcome while it is open', () => assert.equal(measure(queued()).outcome, null));
});

describe('core/generation view', () => {
  const running = queued({
    state: 'running',
    attempts: [
      {
        number: 1,
        storageUri: 'gs://b/1/',
        startedAt: T0,
        acceptedAt: T0,
        operation: 'secret-op',
        nextPoll: 0,
        polls: 0,
      },
    ],
    nextActionAt: at(35_000),
  });

  it('estimates progress from the expected render time and never claims the end', () => {
    assert.deepEqual(progressOf(running, at(7_000)), { fraction: 0.2, expectedEndAt: at(35_000) });
    assert.deepEqual(progressOf(running, at(90_000)), { fraction: 0.95, expectedEndAt: at(90_000) });
    assert.deepEqual(progressOf(queued(), at(0)), { fraction: 0, expectedEndAt: at(35_000) });
    assert.deepEqual(progressOf(ended, at(90_000)), { fraction: 1 });
  });

  it('shows the user nothing internal', () => {
    const failed = queued({ state: 'failed', error: { code: 'provider_auth', detail: 'key 123 refused' } });
    const text = JSON.stringify([viewOf(running, at(0)), viewOf(ended, at(0)), viewOf(failed, at(0))]);
    for (const secret of ['secret-op', 'gs://', 'videos/ann', 'key 123', 'requestHash', '"uid"']) {
      assert.ok(!text.includes(secret), secret);
    }
    assert.deepEqual(viewOf(failed, at(0)).error, {
      code: 'provider_auth',
      message: 'The provider did not accept our credentials.',
      fault: 'house',
    });
  });
});

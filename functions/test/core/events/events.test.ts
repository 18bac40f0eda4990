import assert from 'node:assert/strict';
import { cellKeyOf, ownEventId, reportedEventId, userKeyOf } from '../../../src/core/events/draft.ts';
import { generationEvent } from '../../../src/core/events/generation.ts';
import { EVENT_TYPES, parseEvent } from '../../../src/core/events/schema.ts';
import { countedAt } from '../../../src/core/events/time.ts';
import { SHARDS } from '../../../src/core/shard.ts';
import { at, queued, T0 } from '../generation/sample.ts';

describe('core/events', () => {
  const requested = generationEvent('generation.requested', queued(), T0);

  it('carries the cell, a stand-in for the user and no prompt', () => {
    assert.deepEqual(requested, {
      id: 'gen1.1.generation.requested',
      type: 'generation.requested',
      occurredAt: T0,
      shard: requested.shard,
      cellKey: 'google/veo-3.1-fast-generate-001/text_to_video',
      userKey: userKeyOf('ann'),
      body: {
        generationId: 'gen1',
        provider: 'google',
        model: 'veo-3.1-fast-generate-001',
        kind: 'text_to_video',
        videosAsked: 2,
        priceUsdMicros: 1_600_000,
      },
    });
    assert.ok(requested.shard >= 0 && requested.shard < SHARDS);
    assert.ok(!JSON.stringify(requested).includes('lighthouse'));
  });

  it('refuses unknown fields, unknown types and what is out of bounds', () => {
    assert.doesNotThrow(() => parseEvent(requested));
    assert.throws(() => parseEvent({ ...requested, colour: 'red' }));
    assert.throws(() => parseEvent({ ...requested, body: { ...requested.body, prompt: 'x' } }));
    assert.throws(() => parseEvent({ ...requested, type: 'generation.dreamt' }));
    assert.throws(() => parseEvent({ ...requested, body: { ...requested.body, videosAsked: -1 } }));
  });

  it('gives reported events ids that never meet our own', () => {
    const ours = ownEventId('gen1', 4, 'generation.succeeded');
    assert.equal(ours, 'gen1.4.generation.succeeded');
    assert.match(reportedEventId('studio', ours), /^[0-9a-f]{64}$/);
    assert.notEqual(reportedEventId('a', 'bc'), reportedEventId('ab', 'c'));
  });

  it('counts each type at its own time', () => {
    const ended = queued({ state: 'succeeded', seq: 4, endedAt: at(9_000), outputs: [] });
    const rated = generationEvent('generation.rated', ended, at(99_000), { from: null, to: 5 });
    assert.deepEqual(countedAt(requested), T0);
    assert.deepEqual(countedAt(generationEvent('generation.succeeded', ended, at(9_000))), at(9_000));
    assert.deepEqual(countedAt(rated), at(9_000));
    assert.equal(countedAt(generationEvent('generation.submitted', ended, at(1))), undefined);
  });

  it('knows the whole list of types', () => {
    assert.equal(EVENT_TYPES.length, 26);
    assert.equal(cellKeyOf({ provider: 'p', model: 'm', kind: 'k' }), 'p/m/k');
  });
});

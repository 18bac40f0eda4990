import assert from 'node:assert/strict';
import fc from 'fast-check';
import { wants } from '../../../src/core/live/filter.ts';
import { eventFrame, frameText } from '../../../src/core/live/frame.ts';
import { positionOf, positionText } from '../../../src/core/live/position.ts';
import { submitted } from '../../stack/liveClient.ts';

describe('a place in the live stream', () => {
  it('is the same after it went over the wire', () => {
    const parts = {
      recordedAtMicros: fc.maxSafeNat(),
      run: fc.stringMatching(/^[a-z0-9]{1,16}$/),
      seq: fc.nat(999_999_999_999),
    };
    const position = fc.record(parts, { noNullPrototype: true });
    fc.assert(
      fc.property(position, (place) => assert.deepEqual(positionOf(positionText(place)), place)),
      { seed: 1, numRuns: 200 },
    );
  });

  for (const text of ['', '1', '1-a', '-a-1', '1-A-1', '1-a-1-', '9999999999999999-a-1', '1-a-1\n', '1-a--1']) {
    it(`is not ${JSON.stringify(text)}`, () => {
      assert.throws(() => positionOf(text), { name: 'AppError', code: 'invalid_request' });
    });
  }
});

describe('a message of the live stream', () => {
  it('is one block, with what it has in the order of the standard', () => {
    const position = { recordedAtMicros: 5, run: 'a', seq: 2 };
    assert.equal(
      frameText({ position, event: 'ready', data: { text: 'two\nlines' }, retryMs: 7 }),
      'retry: 7\nid: 5-a-2\nevent: ready\ndata: {"text":"two\\nlines"}\n\n',
    );
    assert.equal(frameText({ event: 'bye', data: {} }), 'event: bye\ndata: {}\n\n');
  });

  it('tells of an event what is in the log, and not how it is stored', () => {
    const event = { ...submitted('g'), recordedAt: new Date(0), days: ['2040-01-01'], expireAt: new Date(0) };
    const { event: type, data } = eventFrame(event, { recordedAtMicros: 0, run: 'a', seq: 1 });
    assert.equal(type, 'generation.submitted');
    assert.deepEqual(Object.keys(data), ['id', 'type', 'recordedAt', 'occurredAt', 'userKey', 'cellKey', 'body']);
  });
});

describe('what a viewer wants', () => {
  const about = submitted('g', 'veo-3.1-generate-001');
  const page = { type: 'page.viewed' as const, body: { page: '/' } };
  const rows = [
    { name: 'everything', filter: {}, event: page, expected: true },
    { name: 'a type', filter: { types: new Set(['page.viewed'] as const) }, event: page, expected: true },
    { name: 'other types', filter: { types: new Set(['signup'] as const) }, event: page, expected: false },
    { name: 'a provider', filter: { provider: 'google' }, event: about, expected: true },
    { name: 'another provider', filter: { provider: 'kling' }, event: about, expected: false },
    { name: 'a model', filter: { model: 'veo-3.1-generate-001' }, event: about, expected: true },
    { name: 'another model', filter: { model: 'veo-3.1' }, event: about, expected: false },
    { name: 'a model, of what has none', filter: { model: 'veo-3.1' }, event: page, expected: false },
  ];
  for (const { name, filter, event, expected } of rows) {
    it(name, () => assert.equal(wants(filter, event), expected));
  }
});

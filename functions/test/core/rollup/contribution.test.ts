import assert from 'node:assert/strict';
import type { EventType } from '../../../src/core/events/schema.ts';
import { EVENT_TYPES, parseEvent } from '../../../src/core/events/schema.ts';
import { applyFact } from '../../../src/core/rollup/apply.ts';
import { COUNTERS, emptyCell, SKETCH_NAMES } from '../../../src/core/rollup/cell.ts';
import { contributionsOf, type RollupEvent } from '../../../src/core/rollup/contribution.ts';
import { userKey } from './arbitrary.ts';

const ENDED = new Date('2026-11-21T10:01:00Z');
const ASKED = new Date('2026-11-21T10:00:00Z');
const LATER = new Date('2026-11-22T09:00:00Z');

const subject = { generationId: 'g', provider: 'google', model: 'veo-3.1', kind: 'text_to_video', style: 'noir' };
const measures = {
  ...{ attempts: 2, queueMs: 2_000, renderMs: 50_000, storeMs: 800, totalMs: 60_000 },
  ...{ costUsdMicros: 3_200_000, wasteUsdMicros: 1_600_000, possibleWasteUsdMicros: 0, chargedCredits: 160 },
  ...{ videosDelivered: 1, videosBlocked: 1, videoSec: 8 },
};
const failure = { errorCode: 'no_output', fault: 'provider' };
const afterwards = { ...subject, endedAt: ENDED };

function eventOf(type: EventType, body: object, occurredAt = ENDED): RollupEvent {
  const cellKey = 'google/veo-3.1/text_to_video';
  const event = parseEvent({ id: 'e', type, occurredAt, shard: 0, cellKey, userKey: userKey(1), body });
  return { ...event, cellKey, body: event.body as RollupEvent['body'] };
}

/** What is not 0 in a cell to which an event is added. */
function countsOf(event: RollupEvent) {
  const cell = emptyCell();
  for (const { fact } of contributionsOf(event)) applyFact(cell, fact);
  const counters = COUNTERS.map((name, at) => [name, cell.counters[at]] as const).filter(([, n]) => n !== 0);
  const sketched = SKETCH_NAMES.map((name) => [name, cell.sketches[name].count] as const).filter(([, n]) => n !== 0);
  const errors = Object.fromEntries(cell.errors);
  return { ...Object.fromEntries(counters), n: Object.fromEntries(sketched), errors, users: cell.users.count().value };
}

const ended = {
  ...{ attempts: 2, retries: 1, totalMs: 60_000, queueMs: 2_000, renderMs: 50_000, storeMs: 800 },
  ...{ costUsdMicros: 3_200_000, wasteUsdMicros: 1_600_000, chargedCredits: 160 },
  ...{ videosDelivered: 1, videosBlocked: 1, videoSec: 8 },
  ...{ n: { totalMs: 1, queueMs: 1, renderMs: 1, storeMs: 1, costUsdMicros: 1 }, errors: {}, users: 0 },
};
const nothing = { n: {}, errors: {}, users: 0 };

interface Row {
  name: string;
  event: RollupEvent;
  at: Date[];
  counts: object;
}

const changed = (changes: object[], more = {}) =>
  eventOf('generation.corrected', { ...afterwards, changes, ...more }, LATER);

const rows: Row[] = [
  {
    name: 'an arrival, with who asked',
    event: eventOf('generation.requested', { ...subject, videosAsked: 1, priceUsdMicros: 9 }, ASKED),
    at: [ASKED],
    counts: { arrivals: 1, n: {}, errors: {}, users: 1 },
  },
  {
    name: 'a success after two attempts: a recovery',
    event: eventOf('generation.succeeded', { ...subject, ...measures }),
    at: [ENDED],
    counts: { succeeded: 1, recoveries: 1, ...ended },
  },
  {
    name: 'a failure with its error code and fault',
    event: eventOf('generation.failed', { ...subject, ...measures, ...failure }),
    at: [ENDED],
    counts: { failed: 1, faultProvider: 1, ...ended, errors: { no_output: 1 } },
  },
  {
    name: 'one cancelled before any attempt',
    event: eventOf('generation.cancelled', {
      ...subject,
      ...{ attempts: 0, totalMs: 0, costUsdMicros: 0, wasteUsdMicros: 0, possibleWasteUsdMicros: 0 },
      ...{ chargedCredits: 0, videosDelivered: 0, videosBlocked: 0, videoSec: 0 },
    }),
    at: [ENDED],
    counts: { cancelled: 1, ...nothing, n: { totalMs: 1, costUsdMicros: 1 } },
  },
  {
    name: 'a reported end, which tells the arrival, a rating and a score as well',
    event: eventOf('generation.succeeded', {
      ...{ ...subject, ...measures, requestedAt: ASKED, ratingStars: 4, qualityThousandths: 870 },
    }),
    at: [ASKED, ENDED],
    counts: {
      ...{ arrivals: 1, succeeded: 1, recoveries: 1, ...ended, users: 1 },
      ...{ ratings4: 1, acceptedVideoSec: 8, qualityThousandths: 870, n: { ...ended.n, qualityThousandths: 1 } },
    },
  },
  {
    name: 'a first rating that accepts the seconds',
    event: eventOf('generation.rated', { ...afterwards, from: null, to: 5, videoSec: 8 }, LATER),
    at: [ENDED],
    counts: { ratings5: 1, acceptedVideoSec: 8, ...nothing },
  },
  {
    name: 'a rating that takes the acceptance back',
    event: eventOf('generation.rated', { ...afterwards, from: 4, to: 3, videoSec: 8 }, LATER),
    at: [ENDED],
    counts: { ratings3: 1, ratings4: -1, acceptedVideoSec: -8, ...nothing },
  },
  {
    name: 'a score in place of another',
    event: eventOf('generation.scored', { ...afterwards, scorer: 'judge', from: 900, to: 700 }, LATER),
    at: [ENDED],
    counts: { qualityThousandths: -200, ...nothing },
  },
  {
    name: 'corrections: of a time not known before, of the cost, of seconds that nobody had accepted',
    event: changed([
      { measure: 'renderMs', from: null, to: 5_000 },
      { measure: 'costUsdMicros', from: 100, to: 300 },
      { measure: 'wasteUsdMicros', from: 100, to: 0 },
      { measure: 'videoSec', from: 8, to: 6 },
    ]),
    at: [ENDED],
    counts: { renderMs: 5_000, costUsdMicros: 200, wasteUsdMicros: -100, videoSec: -2, ...nothing, n: { renderMs: 1 } },
  },
  {
    name: 'a correction of accepted seconds',
    event: changed([{ measure: 'videoSec', from: 8, to: 6 }], { ratingStars: 5 }),
    at: [ENDED],
    counts: { videoSec: -2, acceptedVideoSec: -2, ...nothing },
  },
];

describe('core/rollup/contribution', () => {
  for (const { name, event, at, counts } of rows) {
    it(name, () => {
      const contributions = contributionsOf(event);
      assert.deepEqual(
        contributions.map(({ atMs }) => new Date(atMs)),
        at,
      );
      for (const { cellKey, style } of contributions) {
        assert.deepEqual([cellKey, style], ['google/veo-3.1/text_to_video', 'noir']);
      }
      assert.deepEqual(countsOf(event), counts);
    });
  }

  it('nothing comes of other types', () => {
    const counted = new Set(rows.map(({ event }) => event.type).concat('generation.blocked', 'generation.expired'));
    for (const type of EVENT_TYPES.filter((each) => !counted.has(each))) {
      const event = { ...eventOf('page.viewed', { page: '/' }), type };
      assert.deepEqual(contributionsOf(event), [], type);
    }
    assert.equal(counted.size, 9);
  });

  it('a correction or a rating made and unmade leaves nothing', () => {
    const cell = emptyCell();
    const there = changed([{ measure: 'totalMs', from: 60_000, to: 50_000 }]);
    const back = changed([{ measure: 'totalMs', from: 50_000, to: 60_000 }]);
    for (const event of [there, back]) for (const { fact } of contributionsOf(event)) applyFact(cell, fact);
    assert.ok(cell.counters.every((n) => n === 0));
    assert.ok(cell.sketches.totalMs.isEmpty());
  });
});

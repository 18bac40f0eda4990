import assert from 'node:assert/strict';
import { applyFact } from '../../../src/core/rollup/apply.ts';
import { type Cell, emptyCell } from '../../../src/core/rollup/cell.ts';
import type { EndMeasures } from '../../../src/core/rollup/contribution.ts';
import { METRICS } from '../../../src/core/rollup/metrics.ts';
import { readErrors, readMetrics, readRatings, readUsers } from '../../../src/core/rollup/read.ts';

const subject = { generationId: 'g', provider: 'google', model: 'veo', kind: 'text_to_video' } as const;

function measures(more: Partial<EndMeasures>): EndMeasures {
  return {
    ...{
      ...subject,
      attempts: 1,
      totalMs: 1_000,
      costUsdMicros: 1_000_000,
      wasteUsdMicros: 0,
      possibleWasteUsdMicros: 0,
    },
    ...{ chargedCredits: 0, videosDelivered: 0, videosBlocked: 0, videoSec: 0, ...more },
  };
}

/** Six arrivals of two users: three successes (one after a retry), a failure, one expired, one blocked. */
function sample(): Cell {
  const cell = emptyCell();
  for (const user of [1, 2, 2, 1, 1, 2]) applyFact(cell, { kind: 'arrival', user });
  const delivered = { videosDelivered: 1, videoSec: 8 };
  for (const [attempts, totalMs, stars] of [
    [1, 10_000, 5],
    [1, 20_000, 2],
    [2, 30_000, undefined],
  ] as const) {
    const rated = stars === undefined ? {} : { ratingStars: stars };
    const told = measures({ ...delivered, attempts, totalMs, ...rated, qualityThousandths: 500 });
    applyFact(cell, { kind: 'end', outcome: 'succeeded', measures: told });
  }
  const failed = measures({ wasteUsdMicros: 1_000_000, errorCode: 'no_output', fault: 'provider' });
  applyFact(cell, { kind: 'end', outcome: 'failed', measures: failed });
  const expired = measures({ errorCode: 'deadline_exceeded', fault: 'provider' });
  applyFact(cell, { kind: 'end', outcome: 'expired', measures: expired });
  const blocked = measures({ errorCode: 'content_blocked', fault: 'user' });
  applyFact(cell, { kind: 'end', outcome: 'blocked', measures: blocked });
  return cell;
}

describe('core/rollup/read', () => {
  const values = readMetrics(sample());
  const rows = [
    ['arrivals', { unit: 'count', value: 6, n: 6 }],
    ['ended', { unit: 'count', value: 6, n: 6 }],
    ['succeeded', { unit: 'count', value: 3, n: 6 }],
    ['cancelled', { unit: 'count', value: 0, n: 6 }],
    ['successRate', { unit: 'ratio', value: 0.6, n: 5 }],
    ['retries', { unit: 'count', value: 1, n: 6 }],
    ['recoveries', { unit: 'count', value: 1, n: 6 }],
    ['totalMsMean', { unit: 'ms', value: 10_500, n: 6 }],
    ['renderMsMean', { unit: 'ms', n: 0 }],
    ['renderMsP95', { unit: 'ms', n: 0 }],
    ['costUsd', { unit: 'usd', value: 6, n: 6 }],
    ['costUsdMean', { unit: 'usd', value: 1, n: 6 }],
    ['costPerDeliveredSecUsd', { unit: 'usd/s', value: 0.25, n: 6 }],
    ['costPerAcceptedSecUsd', { unit: 'usd/s', value: 0.75, n: 6 }],
    ['acceptedVideoSec', { unit: 's', value: 8, n: 2 }],
    ['wasteUsd', { unit: 'usd', value: 1, n: 6 }],
    ['ratingMean', { unit: 'stars', value: 3.5, n: 2 }],
    ['qualityMean', { unit: 'score', value: 0.5, n: 3 }],
  ] as const;
  for (const [name, expected] of rows) {
    it(name, () => assert.deepEqual(values[name], expected));
  }

  it('quantiles are within their accuracy', () => {
    for (const [name, exact, accuracy] of [
      ['totalMsP50', 1_000, 0.005],
      ['totalMsP95', 20_000, 0.005],
      ['qualityP50', 0.5, 0.01],
      ['costUsdP99', 1, 0.01],
    ] as const) {
      assert.ok(Math.abs((values[name]?.value ?? 0) / exact - 1) <= accuracy + 1e-9, name);
    }
  });

  it('of an empty cell, counts and sums are 0 and all else is missing', () => {
    const empty = readMetrics(emptyCell());
    for (const { name, unit } of METRICS) {
      const isSum = !/Mean|P\d|Rate|Per/.test(name);
      assert.deepEqual(empty[name], { unit, n: 0, ...(isSum && { value: 0 }) }, name);
    }
  });

  it('where nothing is known yet, everything is missing', () => {
    assert.ok(Object.values(readMetrics(undefined)).every(({ value, n }) => value === undefined && n === 0));
    assert.deepEqual([readRatings(undefined), readUsers(undefined), readErrors(undefined)], [undefined, undefined, []]);
  });

  it('ratings, users and errors', () => {
    const histogram = [0, 1, 0, 0, 1].map((count, at) => ({ stars: at + 1, count }));
    assert.deepEqual(readRatings(sample()), { unit: 'count', n: 2, histogram });
    assert.deepEqual(readUsers(sample()), { unit: 'count', value: 2, n: 6, exact: true });
    assert.deepEqual(readErrors(sample()), [
      { code: 'content_blocked', fault: 'user', count: 1, share: 1 / 6 },
      { code: 'deadline_exceeded', fault: 'provider', count: 1, share: 1 / 6 },
      { code: 'no_output', fault: 'provider', count: 1, share: 1 / 6 },
    ]);
  });

  it('every metric has a name of its own, and says what it means and how it is computed', () => {
    assert.equal(new Set(METRICS.map(({ name }) => name)).size, METRICS.length);
    for (const { name, meaning, formula } of METRICS) assert.ok(meaning.endsWith('.') && formula.length > 3, name);
  });
});

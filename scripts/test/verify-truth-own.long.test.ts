import assert from 'node:assert/strict';
import { verifyOwn } from '../verify-truth/own.ts';
import { openOwnTruth } from '../verify-truth/own-truth.ts';
import { generationOf, REQUESTED } from './own-generations.ts';

const SEC = 1_000;

describe('what DuckDB finds in the documents of generations', () => {
  it('is what a person counts', async () => {
    const truth = await openOwnTruth([
      generationOf({ uid: 'ann', state: 'succeeded', tookMs: 60 * SEC, videos: 2, costs: [undefined, 800_000] }),
      generationOf({ uid: 'ann', state: 'failed', tookMs: 90 * SEC, videos: 0, costs: [400_000] }),
      generationOf({ uid: 'bob', state: 'cancelled', tookMs: 3 * SEC, videos: 0, costs: [] }),
      generationOf({ uid: 'cat', state: 'running', tookMs: undefined, videos: 0, costs: [] }),
    ]);
    assert.deepEqual([truth.rows, truth.firstMs, truth.lastMs], [4, REQUESTED, REQUESTED + 90 * SEC]);
    const all = (await truth.factsOf({ by: 'all' })).get('all');
    truth.close();
    assert.deepEqual(all, {
      ...{ arrivals: 4, users: 3, succeeded: 1, failed: 1, blocked: 0, cancelled: 1, expired: 0 },
      ...{ videosDelivered: 2, videoSec: 12, attempts: 3, costUsdMicros: 1_200_000, totalMs: 153 * SEC },
      ...{ totalMsP50: 60 * SEC, totalMsP95: 60 * SEC, totalMsP99: 60 * SEC },
    });
  });
});

describe('npm run verify-truth -- --own', function () {
  this.timeout(180_000);

  it('finds every number of generations that a system made itself right', async () => {
    const { comparisons, warehouse, problems } = await verifyOwn({ generations: 8 });
    assert.deepEqual(problems, []);
    assert.deepEqual(
      [...comparisons, ...warehouse].filter(({ ok }) => !ok),
      [],
    );
    for (const said of [comparisons, warehouse]) {
      const arrivals = said.find(({ division, metric }) => division === 'all UTC' && metric === 'arrivals');
      assert.deepEqual([arrivals?.ours, arrivals?.truth], [8, 8]);
    }
  });
});

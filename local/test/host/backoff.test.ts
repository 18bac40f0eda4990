import assert from 'node:assert/strict';
import fc from 'fast-check';
import { backoffMs, nextAttemptMs, TASK_RETRY_DEFAULTS } from '../../host/tasks/backoff.ts';
import { TokenBucket } from '../../host/tasks/token-bucket.ts';

const config = { maxAttempts: 3, maxRetryMs: 0, minBackoffMs: 10_000, maxBackoffMs: 300_000, maxDoublings: 3 };

describe('host: back-off', () => {
  it('follows the example in the documentation of Cloud Tasks', () => {
    const waits = Array.from({ length: 8 }, (_, retry) => backoffMs(config, retry) / 1000);
    assert.deepEqual(waits, [10, 20, 40, 80, 160, 240, 300, 300]);
  });

  it('never shrinks and stays between its bounds', () => {
    const configs = fc.record({
      minBackoffMs: fc.integer({ min: 1, max: 100_000 }),
      maxBackoffMs: fc.integer({ min: 100_000, max: 3_600_000 }),
      maxDoublings: fc.integer({ min: 0, max: 20 }),
      retry: fc.integer({ min: 0, max: 100 }),
    });
    fc.assert(
      fc.property(configs, ({ retry, ...rest }) => {
        const [now, next] = [retry, retry + 1].map((n) => backoffMs({ ...TASK_RETRY_DEFAULTS, ...rest }, n));
        assert.ok(now !== undefined && next !== undefined && now <= next);
        assert.ok(now >= rest.minBackoffMs && next <= rest.maxBackoffMs);
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  const firstAttemptMs = 1_000_000;
  const rows = [
    { name: 'attempts left', limits: {}, attempts: 2, afterMs: 0, again: true },
    { name: 'attempts used up', limits: {}, attempts: 3, afterMs: 0, again: false },
    { name: 'attempts used up, time left', limits: { maxRetryMs: 60_000 }, attempts: 9, afterMs: 59_999, again: true },
    { name: 'both used up', limits: { maxRetryMs: 60_000 }, attempts: 9, afterMs: 60_000, again: false },
    { name: 'time used up, attempts left', limits: { maxRetryMs: 60_000 }, attempts: 2, afterMs: 90_000, again: true },
    { name: 'unlimited attempts', limits: { maxAttempts: -1 }, attempts: 999, afterMs: 1e9, again: true },
    {
      name: 'unlimited attempts, time used up',
      limits: { maxAttempts: -1, maxRetryMs: 1 },
      attempts: 2,
      afterMs: 1,
      again: false,
    },
  ];
  for (const { name, limits, attempts, afterMs, again } of rows) {
    it(`${again ? 'tries again' : 'gives up'}: ${name}`, () => {
      const nowMs = firstAttemptMs + afterMs;
      const atMs = nextAttemptMs({ ...config, ...limits }, { attempts, firstAttemptMs, nowMs });
      assert.equal(atMs, again ? nowMs + backoffMs(config, attempts - 1) : undefined);
    });
  }
});

describe('host: the rate limit', () => {
  it('lets a burst of one second go, then one by one', () => {
    const bucket = new TokenBucket({ maxConcurrentDispatches: 1, maxDispatchesPerSecond: 3 });
    const taken: number[] = [];
    for (let nowMs = 0; taken.length < 6; nowMs = bucket.availableAtMs(nowMs)) {
      if (bucket.take(nowMs)) taken.push(nowMs);
    }
    assert.deepEqual(taken, [0, 0, 0, 334, 667, 1000]);
  });

  it('never passes its rate, and always lets go when it said it would', () => {
    const inputs = fc.record({
      maxDispatchesPerSecond: fc.double({ min: 0.01, max: 500, noNaN: true }),
      waits: fc.array(fc.integer({ min: 0, max: 5_000 }), { minLength: 1, maxLength: 60 }),
    });
    fc.assert(
      fc.property(inputs, ({ maxDispatchesPerSecond, waits }) => {
        const bucket = new TokenBucket({ maxConcurrentDispatches: 1, maxDispatchesPerSecond });
        let nowMs = 0;
        let taken = 0;
        for (const waitMs of waits) {
          nowMs += waitMs;
          nowMs = Math.max(nowMs, bucket.availableAtMs(nowMs));
          assert.ok(bucket.take(nowMs));
          taken++;
          const burst = Math.max(1, Math.floor(maxDispatchesPerSecond));
          assert.ok(taken <= burst + (nowMs / 1000) * maxDispatchesPerSecond + 1e-6);
        }
      }),
      { seed: 1, numRuns: 300 },
    );
  });
});

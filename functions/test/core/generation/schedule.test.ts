import assert from 'node:assert/strict';
import fc from 'fast-check';
import { pendingTask, pollDelayMs, retryDelayMs } from '../../../src/core/generation/schedule.ts';
import { at, queued, T0 } from './sample.ts';

describe('core/generation schedule', () => {
  const rows = [
    { name: 'the first poll waits for the expected time', polls: 0, elapsedMs: 0, expectedMs: 35_000, delayMs: 35_000 },
    { name: 'the first poll of something overdue', polls: 0, elapsedMs: 80_000, expectedMs: 35_000, delayMs: 10_000 },
    { name: 'never faster than 2 s', polls: 1, elapsedMs: 8_000, expectedMs: 35_000, delayMs: 2_000 },
    { name: 'an eighth of the time so far', polls: 2, elapsedMs: 120_000, expectedMs: 35_000, delayMs: 15_000 },
    { name: 'never slower than a minute', polls: 9, elapsedMs: 1_200_000, expectedMs: 35_000, delayMs: 60_000 },
  ];
  for (const { name, polls, elapsedMs, expectedMs, delayMs } of rows) {
    it(name, () => assert.equal(pollDelayMs(polls, elapsedMs, expectedMs), delayMs));
  }

  it('reaches a deadline of 30 min in a bounded number of polls', () => {
    let elapsedMs = 0;
    let polls = 0;
    while (elapsedMs < 1_800_000) elapsedMs += pollDelayMs(polls++, elapsedMs, 20_000);
    assert.equal(polls, 50);
  });

  it('retries later each time, spread over the upper half of the wait', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 10 }), (id, attempt) => {
        const ceilingMs = Math.min(300_000, 5_000 * 2 ** attempt);
        const delayMs = retryDelayMs(id, attempt);
        assert.ok(delayMs >= ceilingMs / 2 && delayMs <= ceilingMs);
      }),
      { seed: 1 },
    );
    assert.equal(retryDelayMs('gen1', 1, 600_000), 600_000);
  });

  it('names the pending task from the document alone', () => {
    assert.deepEqual(pendingTask(queued()), { step: 'dispatch', at: T0, key: 'dispatch.1' });
    const attempts = [{ number: 2, storageUri: 'gs://b/2/', startedAt: T0, polls: 3 }];
    assert.deepEqual(pendingTask(queued({ state: 'running', attempts, nextActionAt: at(5) })), {
      step: 'poll',
      at: at(5),
      key: 'poll.2.3.running',
    });
    assert.deepEqual(pendingTask(queued({ state: 'storing', attempts })), {
      step: 'settle',
      at: undefined,
      key: 'settle.2',
    });
    assert.equal(pendingTask(queued({ state: 'failed' })), undefined);
  });
});

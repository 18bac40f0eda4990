import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  nextPollAfter,
  pendingTask,
  plannedPollMs,
  pollLease,
  retryDelayMs,
  SUBMIT_LEASE_MS,
} from '../../../src/core/generation/schedule.ts';
import { at, queued, T0 } from './sample.ts';

describe('core/generation schedule', () => {
  it('plans the first poll when a render usually ends, then after an eighth of the time so far, 2 s to 60 s', () => {
    const plan = (expectedMs: number) => [0, 1, 2, 3].map((n) => plannedPollMs(n, expectedMs));
    assert.deepEqual(plan(35_000), [35_000, 39_375, 44_297, 49_834]);
    assert.deepEqual(plan(8_000), [8_000, 10_000, 12_000, 14_000]);
    assert.deepEqual(plan(600_000), [600_000, 660_000, 720_000, 780_000]);
    assert.equal(plannedPollMs(0, 500), 2_000);
  });

  it('reaches a deadline of 30 min in a bounded number of polls', () => {
    let n = 0;
    while (plannedPollMs(n, 20_000) < 1_800_000) n++;
    assert.equal(n, 49);
  });

  it('retries with full jitter under a ceiling that doubles, after what the provider asked for within reason', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 10 }), (id, attempt) => {
        const ceilingMs = Math.min(300_000, 5_000 * 2 ** attempt);
        const delayMs = retryDelayMs(id, attempt);
        assert.ok(delayMs >= 0 && delayMs <= ceilingMs);
        assert.equal(retryDelayMs(id, attempt, 60_000), 60_000 + delayMs);
      }),
      { seed: 1 },
    );
    for (const tooMuchMs of [86_400_000, Infinity]) assert.ok(retryDelayMs('gen1', 1, tooMuchMs) <= 310_000);
    const drawn = Array.from({ length: 1_000 }, (_, i) => retryDelayMs(`gen${i}`, 6));
    const mean = drawn.reduce((sum, delayMs) => sum + delayMs, 0) / drawn.length;
    assert.ok(Math.abs(mean - 150_000) < 10_000, `mean ${mean}`);
    assert.ok(Math.min(...drawn) < 3_000);
  });

  it('names the pending task from the document alone', () => {
    assert.deepEqual(pendingTask(queued()), { step: 'dispatch', at: undefined, key: 'dispatch.1' });
    assert.deepEqual(pendingTask(queued({ notBefore: at(9) }))?.at, at(9));
    const attempts = [{ number: 2, storageUri: 'gs://b/2/', startedAt: T0, acceptedAt: T0, nextPoll: 1, polls: 3 }];
    assert.deepEqual(pendingTask(queued({ state: 'running', attempts, nextActionAt: at(5) })), {
      step: 'poll',
      at: at(39_375),
      key: 'poll.2.running.1',
      progress: { nextPoll: 1, polls: 3 },
    });
    assert.deepEqual(pendingTask(queued({ state: 'storing', attempts })), {
      step: 'settle',
      at: undefined,
      key: 'settle.2',
    });
    assert.equal(pendingTask(queued({ state: 'failed' })), undefined);
  });

  it('skips planned polls that are past, and lets four of them pass before the document must be written', () => {
    const attempt = { number: 1, storageUri: 'gs://b/1/', startedAt: T0, acceptedAt: T0, nextPoll: 0, polls: 0 };
    const generation = queued({ state: 'running', attempts: [attempt] });
    assert.equal(nextPollAfter(generation, attempt, 1, at(36_000)), 1);
    assert.equal(nextPollAfter(generation, attempt, 1, at(44_297)), 3);
    assert.deepEqual(pollLease(generation, attempt, 0), at(49_834));
  });

  it('asks nothing of a submit before it must have ended', () => {
    const attempt = { number: 1, storageUri: 'gs://b/1/', startedAt: T0, nextPoll: 0, polls: 0 };
    const waiting = pendingTask(queued({ state: 'submitting', attempts: [attempt] }));
    assert.deepEqual(waiting?.at, at(SUBMIT_LEASE_MS));
    const uncertain = { code: 'provider_internal' } as const;
    const doubted = pendingTask(queued({ state: 'submitting', attempts: [{ ...attempt, uncertain }] }));
    assert.deepEqual([doubted?.at, doubted?.key], [at(35_000), 'poll.1.submitting?.0']);
  });
});

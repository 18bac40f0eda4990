import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseEvent } from '../../../src/core/events/schema.ts';
import type { Command } from '../../../src/core/generation/decision.ts';
import { ERROR_CODES } from '../../../src/core/generation/outcome.ts';
import { pendingTask } from '../../../src/core/generation/schedule.ts';
import { isTerminal } from '../../../src/core/generation/state.ts';
import { costNothing, MAX_ALL_ATTEMPTS, MAX_ATTEMPTS } from '../../../src/core/generation/transitions/attempt.ts';
import {
  attemptFailed,
  rendered,
  renewLease,
  stored,
  storeFailed,
} from '../../../src/core/generation/transitions/render.ts';
import { cancel, rate, takeOver } from '../../../src/core/generation/transitions/request.ts';
import {
  accepted,
  beginAttempt,
  submitRefused,
  submitUncertain,
} from '../../../src/core/generation/transitions/submit.ts';
import { at, queued } from './sample.ts';

const VIDEO = { gcsUri: 'gs://b/x.mp4', mimeType: 'video/mp4' };
const OUTPUT = { path: 'videos/ann/gen1/0.mp4', mimeType: 'video/mp4', sizeBytes: 10 };
const attempt = fc.integer({ min: 1, max: 4 });
const error = fc.constantFrom(...ERROR_CODES).map((code) => ({ code }));

const beginNext: Command = (generation, now) => {
  const number = generation.attempts.length + 1;
  return beginAttempt(number, `gs://b/${number}/`)(generation, now);
};

const anyCommand: fc.Arbitrary<Command> = fc.oneof(
  { weight: 4, arbitrary: fc.constant(beginNext) },
  attempt.map((n) => beginAttempt(n, `gs://b/${n}/`)),
  { weight: 4, arbitrary: attempt.map((n) => accepted(n, `op${n}`, { p50: 20_000, p99: 60_000 })) },
  fc.tuple(attempt, error).map(([n, e]) => submitRefused(n, e)),
  fc.tuple(attempt, error).map(([n, e]) => submitUncertain(n, e)),
  fc.tuple(attempt, fc.nat(3)).map(([n, polls]) => renewLease(n, { nextPoll: polls, polls })),
  attempt.map((n) => rendered(n, { videos: [VIDEO], videosBlocked: 0, blockReasons: [] })),
  fc.tuple(attempt, error).map(([n, e]) => attemptFailed(n, e)),
  attempt.map((n) => stored(n, [OUTPUT])),
  fc.tuple(attempt, error).map(([n, e]) => storeFailed(n, e)),
  fc.constant(cancel),
  fc.integer({ min: 1, max: 5 }).map(rate),
  fc.nat(100_000).map((ms) => takeOver(at(ms))),
);

describe('core/generation under any commands in any order', () => {
  it('keeps its invariants', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(fc.array(fc.tuple(anyCommand, fc.nat(30_000)), { maxLength: 40 }), (steps) => {
        let generation = queued();
        let nowMs = 0;
        const eventIds = new Set<string>();
        for (const [command, waitMs] of steps) {
          nowMs += waitMs;
          const decision = command(generation, at(nowMs));
          if (!decision.ok) continue;
          const { next, event } = decision;
          if (isTerminal(generation.state)) assert.equal(next.state, generation.state, 'terminal is final');
          if (next.state !== generation.state) assert.equal(next.seq, generation.seq + 1, 'each change has its number');
          const paid = next.attempts.filter((a) => !costNothing(a));
          assert.ok(paid.length <= MAX_ATTEMPTS, 'attempts that may cost are limited');
          assert.ok(next.attempts.length <= MAX_ALL_ATTEMPTS, 'attempts are limited');
          const places = new Set(next.attempts.map(({ storageUri }) => storageUri));
          assert.equal(places.size, next.attempts.length, 'each attempt has a place of its own');
          assert.equal(next.nextActionAt === undefined, isTerminal(next.state), 'whatever is open has a next action');
          assert.equal(pendingTask(next) === undefined, isTerminal(next.state));
          assert.equal(next.endedAt !== undefined, isTerminal(next.state));
          if (isTerminal(next.state) && !isTerminal(generation.state)) assert.ok(event, 'every end is told');
          if (event) {
            assert.ok(!eventIds.has(event.id), 'no event twice');
            eventIds.add(event.id);
            parseEvent(event);
          }
          generation = next;
          seen.add(next.state);
        }
      }),
      { seed: 1, numRuns: 2_000 },
    );
    assert.deepEqual([...seen].sort(), [
      'blocked',
      'cancelled',
      'expired',
      'failed',
      'queued',
      'running',
      'storing',
      'submitting',
      'succeeded',
    ]);
  });
});

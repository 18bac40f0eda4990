import assert from 'node:assert/strict';
import type { Command, Refusal } from '../../../src/core/generation/decision.ts';
import type { Generation, State } from '../../../src/core/generation/state.ts';
import {
  attemptFailed,
  rendered,
  renewLease,
  stored,
  storeFailed,
} from '../../../src/core/generation/transitions/render.ts';
import { cancel, rate, takeOver } from '../../../src/core/generation/transitions/request.ts';
import { score } from '../../../src/core/generation/transitions/score.ts';
import {
  accepted,
  beginAttempt,
  submitRefused,
  submitUncertain,
} from '../../../src/core/generation/transitions/submit.ts';
import { at, queued, T0 } from './sample.ts';

const RENDER_TIME = { p50: 35_000, p99: 360_000 };
const FOUR_POLLS = { nextPoll: 4, polls: 4, lastPolledAt: at(50_000) };
const VIDEO = { gcsUri: 'gs://b/attempts/gen1/1/sample_0.mp4', mimeType: 'video/mp4' };
const OUTPUT = { path: 'videos/ann/gen1/0.mp4', mimeType: 'video/mp4', sizeBytes: 10 };

const begin: Command = (generation, now) =>
  beginAttempt(generation.attempts.length + 1, 'gs://b/attempts/gen1/1/')(generation, now);
const accept = (n = 1) => accepted(n, `op${n}`, RENDER_TIME);
const done = rendered(1, { videos: [VIDEO], videosBlocked: 1, blockReasons: ['violence'] });

/** Carries the commands out one after the other, a second apart; each must be accepted. */
function after(...commands: Command[]): Generation {
  return commands.reduce((generation, command, i) => {
    const decision = command(generation, at((i + 1) * 1_000));
    assert.ok(decision.ok, `step ${i} was refused`);
    return decision.next;
  }, queued());
}

interface Row {
  name: string;
  given: Generation;
  command: Command;
  state?: State;
  event?: string | null;
  refused?: Refusal;
  error?: string;
}

/** The same, its attempts having begun that much earlier. */
const begunEarlier = (generation: Generation, ms: number): Generation => ({
  ...generation,
  attempts: generation.attempts.map((a) => ({ ...a, startedAt: new Date(a.startedAt.getTime() - ms) })),
});

const running = after(begin, accept());
const storing = after(begin, accept(), done);
const succeeded = after(begin, accept(), done, stored(1, [OUTPUT]));
const secondAttempt = after(begin, submitRefused(1, { code: 'provider_quota' }), begin);
const thirdAttempt = after(
  begin,
  submitRefused(1, { code: 'provider_quota' }),
  begin,
  submitRefused(2, { code: 'provider_quota' }),
  begin,
);
const renderFails = (n: number) => attemptFailed(n, { code: 'provider_internal' });
const thirdRender = after(begin, accept(), renderFails(1), begin, accept(2), renderFails(2), begin, accept(3));
const uncertain = after(begin, submitUncertain(1, { code: 'provider_internal' }));
const uncertainTwice = after(
  begin,
  submitUncertain(1, { code: 'provider_internal' }),
  attemptFailed(1, { code: 'submit_uncertain' }),
  begin,
  submitUncertain(2, { code: 'provider_internal' }),
);

const ROWS: Row[] = [
  { name: 'dispatch takes it out of the queue', given: queued(), command: begin, state: 'submitting', event: null },
  { name: 'a second dispatch does not', given: after(begin), command: begin, refused: 'wrong_state' },
  {
    name: 'a dispatch that meant an earlier attempt does not',
    given: after(begin, submitRefused(1, { code: 'provider_quota' })),
    command: beginAttempt(1, 'gs://b/attempts/gen1/1/'),
    refused: 'stale_attempt',
  },
  { name: 'accepted runs', given: after(begin), command: accept(), state: 'running', event: 'generation.submitted' },
  {
    name: 'accepted late, after doubt',
    given: uncertain,
    command: accept(),
    state: 'running',
    event: 'generation.submitted',
  },
  { name: 'accepted for an older attempt', given: secondAttempt, command: accept(1), refused: 'stale_attempt' },
  {
    name: 'quota: back into the queue',
    given: after(begin),
    command: submitRefused(1, { code: 'provider_quota' }),
    state: 'queued',
    event: 'generation.retried',
  },
  {
    name: 'no capacity a third time: still in the queue, nothing ran',
    given: thirdAttempt,
    command: submitRefused(3, { code: 'provider_quota' }),
    state: 'queued',
    event: 'generation.retried',
  },
  {
    name: 'no capacity for half an hour: failed',
    given: begunEarlier(thirdAttempt, 30 * 60_000),
    command: submitRefused(3, { code: 'provider_quota' }),
    state: 'failed',
    event: 'generation.failed',
    error: 'provider_quota',
  },
  {
    name: 'no capacity at the first try after a day in a queue that stood still: still in the queue',
    given: { ...after(begin), requestedAt: at(-86_400_000) },
    command: submitRefused(1, { code: 'provider_quota' }),
    state: 'queued',
    event: 'generation.retried',
  },
  {
    name: 'no capacity after a long render that failed: still in the queue',
    given: { ...after(begin, accept(), renderFails(1), begin), requestedAt: at(-40 * 60_000) },
    command: submitRefused(2, { code: 'provider_quota' }),
    state: 'queued',
    event: 'generation.retried',
  },
  {
    name: 'a render that failed three times: failed',
    given: thirdRender,
    command: attemptFailed(3, { code: 'provider_internal' }),
    state: 'failed',
    event: 'generation.failed',
    error: 'provider_internal',
  },
  {
    name: 'invalid request: failed at once',
    given: after(begin),
    command: submitRefused(1, { code: 'invalid_request' }),
    state: 'failed',
    event: 'generation.failed',
    error: 'invalid_request',
  },
  {
    name: 'blocked prompt',
    given: after(begin),
    command: submitRefused(1, { code: 'content_blocked' }),
    state: 'blocked',
    event: 'generation.blocked',
    error: 'content_blocked',
  },
  {
    name: 'doubt keeps the attempt open',
    given: after(begin),
    command: submitUncertain(1, { code: 'provider_internal' }),
    state: 'submitting',
    event: null,
  },
  {
    name: 'doubt is noted once',
    given: uncertain,
    command: submitUncertain(1, { code: 'provider_internal' }),
    refused: 'unchanged',
  },
  {
    name: 'doubt that found nothing: once more',
    given: uncertain,
    command: attemptFailed(1, { code: 'submit_uncertain' }),
    state: 'queued',
    event: 'generation.retried',
  },
  {
    name: 'doubt twice: failed',
    given: uncertainTwice,
    command: attemptFailed(2, { code: 'submit_uncertain' }),
    state: 'failed',
    event: 'generation.failed',
    error: 'submit_uncertain',
  },
  { name: 'doubt that found a video', given: uncertain, command: done, state: 'storing', event: null },
  { name: 'polls beyond the lease', given: running, command: renewLease(1, FOUR_POLLS), state: 'running', event: null },
  {
    name: 'the same lease again',
    given: after(begin, accept(), renewLease(1, FOUR_POLLS)),
    command: renewLease(1, FOUR_POLLS),
    refused: 'stale_attempt',
  },
  { name: 'rendered', given: running, command: done, state: 'storing', event: null },
  {
    name: 'render error that a retry may cure',
    given: running,
    command: attemptFailed(1, { code: 'provider_internal' }),
    state: 'queued',
    event: 'generation.retried',
  },
  {
    name: 'render blocked',
    given: running,
    command: attemptFailed(1, { code: 'content_blocked' }, ['hate']),
    state: 'blocked',
    event: 'generation.blocked',
    error: 'content_blocked',
  },
  {
    name: 'deadline',
    given: running,
    command: attemptFailed(1, { code: 'deadline_exceeded' }),
    state: 'expired',
    event: 'generation.expired',
    error: 'deadline_exceeded',
  },
  { name: 'stored', given: storing, command: stored(1, [OUTPUT]), state: 'succeeded', event: 'generation.succeeded' },
  { name: 'stored twice', given: succeeded, command: stored(1, [OUTPUT]), refused: 'wrong_state' },
  {
    name: 'cannot be stored',
    given: storing,
    command: storeFailed(1, { code: 'storage_failed' }),
    state: 'failed',
    event: 'generation.failed',
    error: 'storage_failed',
  },
  { name: 'cancel in the queue', given: queued(), command: cancel, state: 'cancelled', event: 'generation.cancelled' },
  { name: 'cancel while it renders is noted', given: running, command: cancel, state: 'running', event: null },
  { name: 'cancel noted twice', given: after(begin, accept(), cancel), command: cancel, refused: 'already_requested' },
  {
    name: 'cancel noted, then the attempt fails: no retry',
    given: after(begin, accept(), cancel),
    command: attemptFailed(1, { code: 'provider_internal' }),
    state: 'cancelled',
    event: 'generation.cancelled',
  },
  {
    name: 'cancel noted, rendered all the same',
    given: after(begin, accept(), cancel),
    command: done,
    state: 'storing',
    event: null,
  },
  { name: 'cancel after the end', given: succeeded, command: cancel, refused: 'wrong_state' },
  { name: 'rated', given: succeeded, command: rate(4), state: 'succeeded', event: 'generation.rated' },
  {
    name: 'rated the same',
    given: after(begin, accept(), done, stored(1, [OUTPUT]), rate(4)),
    command: rate(4),
    refused: 'unchanged',
  },
  { name: 'scored', given: succeeded, command: score('judge', 500), state: 'succeeded', event: 'generation.scored' },
  {
    name: 'scored the same by the same',
    given: after(begin, accept(), done, stored(1, [OUTPUT]), score('judge', 500)),
    command: score('judge', 500),
    refused: 'unchanged',
  },
  { name: 'scored before the end', given: running, command: score('judge', 500), refused: 'not_ended' },
  { name: 'scored without a video', given: after(cancel), command: score('judge', 500), refused: 'wrong_state' },
  { name: 'rated before the end', given: running, command: rate(4), refused: 'not_ended' },
  { name: 'rated without a video', given: after(cancel), command: rate(4), refused: 'wrong_state' },
  { name: 'taken over when overdue', given: running, command: takeOver(at(55_000)), state: 'running', event: null },
  { name: 'not taken over when not overdue', given: running, command: takeOver(at(1_000)), refused: 'unchanged' },
  { name: 'not taken over after the end', given: succeeded, command: takeOver(at(1e9)), refused: 'unchanged' },
];

describe('core/generation transitions', () => {
  for (const row of ROWS) {
    it(row.name, () => {
      const decision = row.command(row.given, at(60_000));
      if (row.refused) {
        assert.deepEqual(decision, { ok: false, reason: row.refused });
        return;
      }
      assert.ok(decision.ok);
      assert.equal(decision.next.state, row.state);
      assert.equal(decision.event?.type ?? null, row.event);
      assert.equal(decision.next.error?.code, row.error);
      const changedState = row.given.state !== row.state || row.event !== null;
      assert.equal(decision.next.seq, row.given.seq + (changedState ? 1 : 0));
      if (decision.event) {
        assert.equal(decision.event.id, `gen1.${decision.next.seq}.${decision.event.type}`);
        assert.deepEqual(decision.event.occurredAt, at(60_000));
      }
    });
  }

  it('a command never changes the document it was given', () => {
    const before = structuredClone(running);
    done(running, at(60_000));
    assert.deepEqual(running, before);
  });

  it('a rating that replaces another says both', () => {
    const rated = after(begin, accept(), done, stored(1, [OUTPUT]), rate(2));
    const decision = rate(5)(rated, at(90_000));
    assert.ok(decision.ok);
    assert.deepEqual(decision.event?.body, {
      generationId: 'gen1',
      provider: 'google',
      model: 'veo-3.1-fast-generate-001',
      kind: 'text_to_video',
      endedAt: at(4_000),
      from: 2,
      to: 5,
      videoSec: 8,
    });
  });

  it('a new attempt has its own storage prefix and forgets when the last one was submitted', () => {
    const retried = after(begin, accept(), attemptFailed(1, { code: 'provider_internal' }));
    assert.equal(retried.submittedAt, undefined);
    assert.equal(retried.renderedAt, undefined);
    assert.deepEqual(retried.notBefore, retried.nextActionAt);
    assert.deepEqual(
      retried.attempts.map((a) => a.error?.code),
      ['provider_internal'],
    );
    assert.ok((retried.nextActionAt?.getTime() ?? 0) >= T0.getTime() + 3_000);
  });

  it('waits at least as long as the provider asked for', () => {
    const decision = submitRefused(1, { code: 'provider_quota' }, 120_000)(after(begin), at(60_000));
    assert.ok(decision.ok);
    const waitMs = (decision.next.nextActionAt?.getTime() ?? 0) - at(60_000).getTime();
    assert.ok(waitMs >= 120_000 && waitMs <= 130_000, `${waitMs}`);
  });

  it('is taken over later and later, so that a long queue is not flooded', () => {
    let generation = queued();
    const waitsMs: number[] = [];
    for (let i = 0; i < 7; i++) {
      const nowMs = (generation.nextActionAt?.getTime() ?? 0) - T0.getTime() + 120_000;
      const decision = takeOver(at(nowMs))(generation, at(nowMs));
      assert.ok(decision.ok);
      generation = decision.next;
      waitsMs.push((generation.nextActionAt?.getTime() ?? 0) - T0.getTime() - nowMs);
    }
    assert.deepEqual(waitsMs, [60_000, 120_000, 240_000, 480_000, 960_000, 1_800_000, 1_800_000]);
    assert.equal(generation.epoch, 8);
  });

  it('ends after so many takeovers that nothing will come of it, and what may run somewhere is possible waste', () => {
    const late = at(90_000_000);
    const open: Generation[] = [queued(), after(begin), after(begin, accept())];
    for (const generation of open) {
      const decision = takeOver(late)({ ...generation, epoch: 40, nextActionAt: T0 }, late);
      assert.ok(decision.ok);
      assert.deepEqual([decision.next.state, decision.next.error?.code], ['failed', 'steps_exhausted']);
      const possible = generation.attempts.length > 0 ? 1_600_000 : undefined;
      assert.equal(decision.next.attempts.at(-1)?.possibleCostUsdMicros, possible);
    }
    assert.ok(takeOver(late)({ ...queued(), epoch: 39, nextActionAt: T0 }, late).ok);
  });
});

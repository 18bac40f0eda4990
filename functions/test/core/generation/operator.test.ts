import assert from 'node:assert/strict';
import { costOf } from '../../../src/core/generation/cost.ts';
import type { Command } from '../../../src/core/generation/decision.ts';
import { settlementOf } from '../../../src/core/generation/settlement.ts';
import type { Generation } from '../../../src/core/generation/state.ts';
import { endByOperator, takeOverNow } from '../../../src/core/generation/transitions/operator.ts';
import { rendered } from '../../../src/core/generation/transitions/render.ts';
import { cancel } from '../../../src/core/generation/transitions/request.ts';
import { accepted, beginAttempt, submitRefused } from '../../../src/core/generation/transitions/submit.ts';
import { at, queued } from './sample.ts';

const begin = beginAttempt(1, 'gs://b/attempts/gen1/1/');
const accept = accepted(1, 'op1', { p50: 35_000, p99: 360_000 });
const VIDEO = { gcsUri: 'gs://b/attempts/gen1/1/sample_0.mp4', mimeType: 'video/mp4' };
const render = rendered(1, { videos: [VIDEO, VIDEO], videosBlocked: 0, blockReasons: [] });
const retried = submitRefused(1, { code: 'provider_unavailable' });

function after(...commands: Command[]): Generation {
  return commands.reduce((generation, command, i) => {
    const decision = command(generation, at((i + 1) * 1_000));
    assert.ok(decision.ok, `step ${i} was refused`);
    return decision.next;
  }, queued());
}

const OPEN: { name: string; generation: Generation; cost: number; possible: number }[] = [
  { name: 'queued', generation: after(), cost: 0, possible: 0 },
  { name: 'queued again', generation: after(begin, retried), cost: 0, possible: 0 },
  { name: 'submitting', generation: after(begin), cost: 0, possible: 1_600_000 },
  { name: 'running', generation: after(begin, accept), cost: 0, possible: 1_600_000 },
  { name: 'running, to be cancelled', generation: after(begin, accept, cancel), cost: 0, possible: 1_600_000 },
  { name: 'storing', generation: after(begin, accept, render), cost: 1_600_000, possible: 0 },
];

describe('what an operator does to a generation', () => {
  for (const { name, generation, cost, possible } of OPEN) {
    it(`ends one that is ${name}`, () => {
      const ended = endByOperator('stuck')(generation, at(60_000));
      assert.ok(ended.ok);
      const { next, event } = ended;
      assert.equal(next.state, 'failed');
      assert.deepEqual(next.error, { code: 'ended_by_operator', detail: 'stuck' });
      assert.deepEqual(next.endedAt, at(60_000));
      assert.equal(next.nextActionAt, undefined);
      assert.equal(next.seq, generation.seq + 1);
      assert.equal(event?.type, 'generation.failed');
      assert.deepEqual(costOf(next), {
        ...{ costUsdMicros: cost, wasteUsdMicros: cost },
        possibleWasteUsdMicros: possible,
      });
      assert.deepEqual(settlementOf(next, at(60_000)).entry.moves, { held: -160, available: 160 });
      assert.deepEqual(endByOperator('again')(next, at(61_000)), { ok: false, reason: 'wrong_state' });
      assert.deepEqual(takeOverNow(next, at(61_000)), { ok: false, reason: 'wrong_state' });
    });

    it(`takes over one that is ${name}`, () => {
      const taken = takeOverNow({ ...generation, epoch: 40 }, at(60_000));
      assert.ok(taken.ok);
      const { notBefore: _notBefore, ...rest } = generation;
      assert.deepEqual(taken.next, { ...rest, epoch: 41, nextActionAt: at(120_000) });
      assert.equal(taken.event, undefined);
    });
  }
});

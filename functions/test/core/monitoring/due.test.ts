import assert from 'node:assert/strict';
import fc from 'fast-check';
import { dueAt } from '../../../src/core/monitoring/due.ts';

const NOON = Date.parse('2040-01-01T12:00:00Z');
const MINUTE_MS = 60_000;
const at = (minute: number, second = 0) => NOON + minute * MINUTE_MS + second * 1_000;
const NOTHING = { countedMs: 0, presentMs: 0 };

describe('the minute that is due', () => {
  const rows = [
    {
      name: 'the first',
      written: NOTHING,
      through: at(4, 50),
      now: at(5, 1),
      due: { presentMs: at(5), countedMs: at(3) },
    },
    {
      ...{ name: 'the same minute again', written: { countedMs: at(3), presentMs: at(5) } },
      ...{ through: at(4, 50), now: at(5, 59), due: {} },
    },
    {
      ...{ name: 'the next, before the counting has run', written: { countedMs: at(3), presentMs: at(5) } },
      ...{ through: at(4, 50), now: at(6), due: { presentMs: at(6), countedMs: at(4) } },
    },
    {
      ...{ name: 'the next, after the counting has run', written: { countedMs: at(3), presentMs: at(5) } },
      ...{ through: at(5, 50), now: at(6), due: { presentMs: at(6), countedMs: at(4) } },
    },
    {
      ...{ name: 'a counting that stands still', written: { countedMs: at(3), presentMs: at(5) } },
      ...{ through: at(3, 50), now: at(6), due: { presentMs: at(6) } },
    },
    {
      ...{ name: 'a counting that lags', written: { countedMs: at(3), presentMs: at(59) } },
      ...{ through: at(40, 50), now: at(60), due: { presentMs: at(60), countedMs: at(40) } },
    },
    {
      ...{ name: 'after an hour', written: { countedMs: at(3), presentMs: at(5) } },
      ...{ through: at(64, 50), now: at(65), due: { presentMs: at(65), countedMs: at(63) } },
    },
    { name: 'before anything is counted', written: NOTHING, through: 0, now: at(5), due: { presentMs: at(5) } },
    {
      ...{ name: 'a minute of the day before yesterday', written: NOTHING, through: at(-2_880), now: at(5) },
      due: { presentMs: at(5) },
    },
  ];
  for (const { name, written, through, now, due } of rows) {
    it(name, () => assert.deepEqual(dueAt(written, through, now), due));
  }

  it('comes minute by minute while runs and the counting do, whichever is first', () => {
    const delays = fc.array(fc.tuple(fc.integer({ min: 0, max: 50 }), fc.boolean()), { minLength: 5, maxLength: 30 });
    fc.assert(
      fc.property(delays, (runs) => {
        let written = { countedMs: at(-3), presentMs: at(-1) };
        for (const [minute, [delaySec, countedFirst]] of runs.entries()) {
          const due = dueAt(written, countedFirst ? at(minute - 1, 50) : at(minute - 2, 50), at(minute, delaySec));
          assert.deepEqual(due, { presentMs: at(minute), countedMs: at(minute - 2) });
          written = { ...written, ...due };
        }
      }),
      { seed: 1, numRuns: 100 },
    );
  });

  it('is never one that was written, nor one that is not wholly counted', () => {
    const steps = fc.array(fc.tuple(fc.nat(300_000), fc.nat(300_000)), { maxLength: 40 });
    fc.assert(
      fc.property(steps, (moves) => {
        let [written, now, through] = [NOTHING, NOON, NOON - 300_000];
        for (const [byMs, lagMs] of moves) {
          now += byMs;
          through = Math.max(through, now - lagMs);
          const due = dueAt(written, through, now);
          if (due.countedMs !== undefined) assert.ok(due.countedMs > written.countedMs && due.countedMs <= through);
          if (due.presentMs !== undefined) assert.ok(due.presentMs > written.presentMs && due.presentMs <= now);
          written = { ...written, ...due };
        }
      }),
      { seed: 1, numRuns: 200 },
    );
  });
});

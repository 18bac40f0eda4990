import assert from 'node:assert/strict';
import { cleanUpDueAt, cleanUpPlan, withOrphans } from '../../../src/core/generation/cleanUp.ts';
import { costOf } from '../../../src/core/generation/cost.ts';
import { measure } from '../../../src/core/generation/measure.ts';
import type { Attempt, Generation } from '../../../src/core/generation/state.ts';
import { bookOrphans, cleanedUp, remove } from '../../../src/core/generation/transitions/remove.ts';
import { at, queued } from './sample.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const END = at(60_000);
const later = (ms: number) => new Date(END.getTime() + ms);
const attempt = (change: Partial<Attempt> = {}): Attempt => ({
  ...{ number: 1, storageUri: 'gs://b/1/', startedAt: at(1_000), nextPoll: 0, polls: 1 },
  ...change,
});
const output = { path: 'videos/ann/gen1/0.mp4', mimeType: 'video/mp4', sizeBytes: 1 };
const picture = { gcsUri: 'gs://b/inputs/gen1/x', mimeType: 'image/png' };
const doubtful = attempt({
  endedAt: at(30_000),
  error: { code: 'submit_uncertain' },
  possibleCostUsdMicros: 1_600_000,
});
const succeeded = (change: Partial<Generation> = {}): Generation =>
  queued({
    ...{ state: 'succeeded', endedAt: END, outputs: [output, output] },
    attempts: [attempt({ costUsdMicros: 1_600_000 })],
    ...change,
  });
const withPicture = (generation: Generation): Generation => ({
  ...generation,
  asked: { ...generation.asked, image: picture },
});

describe('core/generation clean-up', () => {
  const rows: { name: string; of: Generation; retentionMs?: number; plan: object }[] = [
    { name: 'under way: nothing', of: withPicture(queued({ attempts: [doubtful] })), plan: {} },
    { name: 'a plain success: nothing, so that it costs nothing', of: succeeded(), plan: {} },
    { name: 'a success with a picture: the picture at once', of: withPicture(succeeded()), plan: { inputs: END } },
    {
      name: 'a success under a retention',
      of: succeeded(),
      retentionMs: 30 * DAY_MS,
      plan: { outputs: later(30 * DAY_MS) },
    },
    {
      name: 'a success after a doubtful attempt: orphans an hour after that began',
      of: succeeded({ attempts: [doubtful, attempt({ number: 2 })] }),
      plan: { attempts: new Date(at(1_000).getTime() + HOUR_MS) },
    },
    {
      name: 'a doubtful attempt that turned out to have rendered is no doubt any more',
      of: succeeded({ attempts: [attempt({ uncertain: { code: 'provider_internal' }, costUsdMicros: 1_600_000 })] }),
      plan: {},
    },
    {
      name: 'a failure that never reached a provider: nothing',
      of: queued({ state: 'cancelled', endedAt: END }),
      plan: {},
    },
    {
      name: 'a failure of which nothing was rendered: nothing',
      of: queued({ state: 'failed', endedAt: END, attempts: [attempt()] }),
      plan: {},
    },
    {
      name: 'a failure with something rendered: what was left behind',
      of: queued({ state: 'failed', endedAt: END, attempts: [attempt({ costUsdMicros: 800_000 })] }),
      plan: { attempts: END },
    },
    {
      name: 'a failure with a picture: kept a week for another try',
      of: withPicture(queued({ state: 'failed', endedAt: END, attempts: [attempt()] })),
      plan: { inputs: later(7 * DAY_MS) },
    },
    {
      name: 'deleted: everything now',
      of: withPicture(succeeded({ deletedAt: later(5_000) })),
      retentionMs: 30 * DAY_MS,
      plan: { attempts: later(5_000), inputs: later(5_000), outputs: later(5_000) },
    },
    { name: 'what is done is done', of: succeeded({ deletedAt: END, cleaned: ['attempts', 'outputs'] }), plan: {} },
  ];
  for (const row of rows) {
    it(row.name, () => assert.deepEqual(cleanUpPlan(row.of, row.retentionMs), row.plan));
  }

  it('is due at the first of what is planned', () => {
    assert.deepEqual(cleanUpDueAt({ inputs: later(9), attempts: later(3) }), later(3));
    assert.equal(cleanUpDueAt({}), undefined);
  });

  it('comes again for what is left', () => {
    const decision = cleanedUp(['attempts'], (g) => cleanUpPlan(g, 30 * DAY_MS))(
      withPicture(succeeded({ cleanUpAt: END })),
      END,
    );
    assert.ok(decision.ok);
    assert.deepEqual([decision.next.cleaned, decision.next.cleanUpAt], [['attempts'], END]);
    const last = cleanedUp(['inputs', 'outputs'], (g) => cleanUpPlan(g, 30 * DAY_MS))(decision.next, later(1));
    assert.ok(last.ok);
    assert.deepEqual([last.next.cleanUpAt, last.next.filesDeletedAt], [undefined, later(1)]);
  });
});

describe('core/generation orphans', () => {
  const generation = succeeded({ seq: 6, attempts: [doubtful, attempt({ number: 2, costUsdMicros: 1_600_000 })] });

  it('turn possible cost into certain cost, once, and never more than was asked for', () => {
    const attempts = withOrphans(
      generation,
      new Map([
        [1, 5],
        [2, 1],
      ]),
    );
    assert.deepEqual(
      attempts.map(({ orphans, costUsdMicros, possibleCostUsdMicros }) => [
        orphans,
        costUsdMicros,
        possibleCostUsdMicros,
      ]),
      [
        [5, 1_600_000, undefined],
        [undefined, 1_600_000, undefined],
      ],
    );
    assert.deepEqual(withOrphans({ ...generation, attempts }, new Map([[1, 1]])), attempts);
    assert.deepEqual(costOf({ ...generation, attempts }), {
      ...{ costUsdMicros: 3_200_000, wasteUsdMicros: 1_600_000, possibleWasteUsdMicros: 0 },
    });
  });

  it('are told to the log with what they correct', () => {
    const decision = bookOrphans(new Map([[1, 1]]))(generation, later(1));
    assert.ok(decision.ok && decision.event);
    assert.deepEqual([decision.event.id, decision.next.seq], ['gen1.7.generation.corrected', 7]);
    assert.ok('changes' in decision.event.body);
    assert.deepEqual(decision.event.body.changes, [
      { measure: 'costUsdMicros', from: 1_600_000, to: 2_400_000 },
      { measure: 'wasteUsdMicros', from: 0, to: 800_000 },
      { measure: 'possibleWasteUsdMicros', from: 1_600_000, to: 0 },
    ]);
    assert.deepEqual(bookOrphans(new Map())(generation, later(1)), { ok: false, reason: 'unchanged' });
  });

  it('stay due once they are booked, until they are deleted', () => {
    const booked = bookOrphans(new Map([[1, 1]]))(generation, later(1));
    assert.ok(booked.ok);
    assert.deepEqual(cleanUpPlan(booked.next, undefined), cleanUpPlan(generation, undefined));
    const gone = cleanedUp(['attempts'], (g) => cleanUpPlan(g, undefined))(booked.next, later(2));
    assert.ok(gone.ok && gone.next.cleanUpAt === undefined);
  });

  it('of a model that costs nothing are looked for and counted, with nothing to correct', () => {
    const { possibleCostUsdMicros: _possible, ...unpaid } = doubtful;
    const free = succeeded({ costUsdMicrosPerVideo: 0, attempts: [unpaid, attempt({ number: 2 })] });
    assert.deepEqual(cleanUpPlan(free, undefined), { attempts: new Date(at(1_000).getTime() + HOUR_MS) });
    const booked = bookOrphans(new Map([[1, 1]]))(free, later(1));
    assert.ok(booked.ok);
    assert.deepEqual([booked.next.attempts[0]?.orphans, booked.next.seq], [1, free.seq]);
    assert.equal(booked.event, undefined);
  });
});

describe('core/generation deletion', () => {
  it('takes the words and what may quote them, and leaves what was measured', () => {
    const spoken = succeeded({
      attempts: [
        attempt({
          error: { code: 'provider_internal', detail: 'a lighthouse' },
          uncertain: { code: 'provider_internal', detail: 'x' },
        }),
      ],
      error: { code: 'no_output', detail: 'a lighthouse' },
    });
    const decision = remove(spoken, later(1));
    assert.ok(decision.ok);
    assert.ok(!/lighthouse|detail/.test(JSON.stringify(decision.next)));
    assert.deepEqual(measure(decision.next), measure(spoken));
    assert.deepEqual([decision.next.listed, decision.next.requestHash, decision.event], [false, 'deleted', undefined]);
    assert.deepEqual(remove(decision.next, later(2)), { ok: false, reason: 'unchanged' });
    assert.deepEqual(remove(queued(), later(2)), { ok: false, reason: 'not_ended' });
  });
});

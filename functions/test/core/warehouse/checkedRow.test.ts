import assert from 'node:assert/strict';
import fc from 'fast-check';
import { EVENT_BODIES, EVENT_TYPES, type EventType } from '../../../src/core/events/schema.ts';
import { checkedRow } from '../../../src/core/warehouse/checkedRow.ts';
import { loadJobId } from '../../../src/core/warehouse/jobId.ts';
import type { RowEvent } from '../../../src/core/warehouse/row.ts';
import { EVENTS } from '../../../src/core/warehouse/tables.ts';
import { event } from '../rollup/arbitrary.ts';

const RECORDED = '2026-03-14T12:00:00.123456Z';
const view = {
  id: 'e',
  type: 'page.viewed' as const,
  occurredAt: new Date('2026-03-14T11:00Z'),
  shard: 3,
  userKey: 'u',
};
const refusalOf = (changes: object) =>
  checkedRow({ ...view, body: { page: '/' }, ...changes } as unknown as RowEvent, RECORDED).refusal;

/** A body of a type with everything in it that the schema knows. */
const FULL: Partial<Record<EventType, object>> = {
  'session.started': { sessionId: 's' },
  'feature.used': { feature: 'zoom' },
  signup: { channel: 'search' },
  'trial.started': { plan: 'pro' },
  'subscription.started': { plan: 'pro', amountUsdMicros: 9_000_000, months: 12 },
  'subscription.changed': { plan: 'team', fromPlan: 'pro', amountUsdMicros: 9_000_000, months: 1 },
  'subscription.cancelled': { plan: 'pro', reason: 'price' },
  'payment.succeeded': { paymentId: 'p', amountUsdMicros: 1 },
  'payment.refunded': { paymentId: 'p', amountUsdMicros: 1 },
  'consent.changed': { purpose: 'research', granted: false },
  'metric.recorded': { name: 'n', value: -3, unit: 'ms' },
  'support.ticket': { ticketId: 't', status: 'opened', category: 'billing' },
  'generation.retried': {
    ...{ generationId: 'g', provider: 'p', model: 'm', kind: 'text_to_video', style: 'cinematic' },
    ...{ attempt: 2, errorCode: 'provider_internal' },
  },
  'generation.downloaded': { generationId: 'g', provider: 'p', model: 'm', kind: 'text_to_video', style: 'cinematic' },
};

describe('an event on its way to the warehouse', () => {
  it('of any type is a row of the columns that there are', () => {
    const seen = new Set<string>();
    const fits = (one: RowEvent) => {
      const { row, refusal } = checkedRow(one, RECORDED);
      assert.equal(refusal, undefined);
      assert.equal(row?.recorded_at, RECORDED);
      for (const name of Object.keys(row ?? {}))
        assert.ok(
          EVENTS.columns.some((column) => column.name === name),
          name,
        );
      seen.add(one.type);
    };
    fc.assert(
      fc.property(event, (one) => fits({ ...one, id: 'event' })),
      { seed: 1, numRuns: 500 },
    );
    for (const [type, body] of Object.entries(FULL)) fits({ ...view, type, body } as RowEvent);
    assert.deepEqual([...seen].sort(), [...EVENT_TYPES].sort());
  });

  it('has every field of every product event in a column', () => {
    for (const [type, body] of Object.entries(FULL)) {
      assert.deepEqual(Object.keys(body).sort(), Object.keys(EVENT_BODIES[type as EventType].shape).sort(), type);
      const { row = {} } = checkedRow({ ...view, type, body } as RowEvent, RECORDED);
      const ENVELOPE = 6;
      assert.equal(Object.keys(row).length, ENVELOPE + Object.keys(body).length, type);
    }
  });

  it('takes what the log keeps besides, and does not look at it', () => {
    assert.equal(refusalOf({ days: ['2026-03-14'], position: { id: 'e' }, recordedAt: new Date() }), undefined);
  });

  const refused: [what: string, changes: object, told: RegExp][] = [
    ['a type that there is not', { type: 'page.burned' }, /type/],
    ['a field that there is not', { body: { page: '/', prompt: 'x' } }, /prompt/],
    ['a value of another type', { body: { page: 5 } }, /page/],
    ['no body', { body: undefined }, /expected object/],
    ['no time', { occurredAt: 'yesterday' }, /occurredAt/],
    ['no user key', { userKey: undefined }, /userKey/],
  ];
  for (const [what, changes, told] of refused) {
    it(`is refused with ${what}, and it is said why`, () => {
      assert.match(refusalOf(changes) ?? '', told);
    });
  }
});

describe('the id of a load job', () => {
  it('is of the rows and the attempt, and such as BigQuery takes', () => {
    assert.match(loadJobId(['a b', 'c'], 3), /^dailies_events_[0-9a-f]{40}_3$/);
    assert.equal(loadJobId(['a', 'b'], 0), loadJobId(['a', 'b'], 0));
    assert.notEqual(loadJobId(['a', 'b'], 0), loadJobId(['ab'], 0));
  });
});

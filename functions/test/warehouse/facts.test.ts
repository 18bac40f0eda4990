import assert from 'node:assert/strict';
import type { RowEvent } from '../../src/core/warehouse/row.ts';
import { type StartedWarehouse, startWarehouse } from './started.ts';

const HOUR_MS = 3_600_000;
const NINE = Date.parse('2026-03-10T09:00:00Z');
const BOUNDS = [NINE, NINE + HOUR_MS, NINE + 2 * HOUR_MS];
const FAST = { provider: 'google', model: 'fast', kind: 'text_to_video' };
const SLOW = { provider: 'google', model: 'slow', kind: 'image_to_video' };

interface Told {
  subject?: typeof FAST;
  user?: string;
  /** Minutes after nine. */
  asked?: number;
  ended?: number;
  body?: object;
}
/** A reported end, or (without `ended`) a request of our own. */
function told(id: string, { subject = FAST, user = '', asked = 0, ended, body = {} }: Told): RowEvent {
  const at = (minute: number) => new Date(NINE + minute * 60_000);
  const known = { id, userKey: user, cellKey: `google/${subject.model}/${subject.kind}` };
  const about = { generationId: id, ...subject };
  if (ended === undefined) {
    const type = 'generation.requested' as const;
    return { ...known, type, occurredAt: at(asked), body: { ...about, videosAsked: 1, priceUsdMicros: 1 } } as RowEvent;
  }
  const measures = {
    ...{ attempts: 1, totalMs: (ended - asked) * 60_000, costUsdMicros: 10, wasteUsdMicros: 0 },
    ...{ possibleWasteUsdMicros: 0, chargedCredits: 0, videosDelivered: 1, videosBlocked: 0, videoSec: 8 },
  };
  const type = 'generation.succeeded' as const;
  return {
    ...known,
    type,
    occurredAt: at(ended),
    body: { ...about, ...measures, requestedAt: at(asked), ...body },
  } as RowEvent;
}

const LOG: RowEvent[] = [
  told('before', { asked: -10, ended: -1, user: 'zoe' }),
  told('a', { asked: -5, ended: 5, user: 'ann' }),
  told('b', { asked: 0, ended: 1, user: 'ann' }),
  told('c', { asked: 10, ended: 32, user: 'bob', subject: SLOW }),
  told('d', { asked: 50, ended: 65, user: 'bob', subject: SLOW, body: { attempts: 3, costUsdMicros: 50 } }),
  told('own', { asked: 59, user: '' }),
  told('after', { asked: 119, ended: 130, user: 'cy' }),
  {
    ...{ id: 'd.corrected', type: 'generation.corrected', occurredAt: new Date(NINE + 900 * 60_000), userKey: 'bob' },
    cellKey: 'google/slow/image_to_video',
    body: {
      ...{ generationId: 'd', ...SLOW, endedAt: new Date(NINE + 65 * 60_000) },
      changes: [{ measure: 'costUsdMicros', from: 50, to: 30 }],
    },
  } as RowEvent,
];

const NOTHING = {
  ...{ arrivals: 0, users: 0, succeeded: 0, failed: 0, blocked: 0, cancelled: 0, expired: 0, videosDelivered: 0 },
  ...{ videoSec: 0, attempts: 0, costUsdMicros: 0, totalMs: 0, totalMsP50: null, totalMsP95: null, totalMsP99: null },
};
const MINUTE = 60_000;

describe('warehouse: what generations came to, divided', () => {
  let warehouse: StartedWarehouse;
  before(async () => {
    warehouse = await startWarehouse();
    await warehouse.load(LOG);
  });
  after(() => warehouse.stop());

  async function ask(by: string) {
    const period = { from: new Date(NINE), to: new Date(NINE + 2 * HOUR_MS) };
    const rows = await warehouse.ask<{ key: string }>('warehouse/facts', { by, bounds: BOUNDS, ...period });
    return rows.sort((x, y) => (x.key < y.key ? -1 : 1));
  }

  it('adds up all of the period', async () => {
    // Asked for: b, c, d, own and after. Ended: a (10 min), b (1), c (22), d (15): in order 1, 10, 15, 22.
    assert.deepEqual(await ask('all'), [
      {
        ...{ ...NOTHING, key: 'all', arrivals: 5, users: 3, succeeded: 4, videosDelivered: 4, videoSec: 32 },
        ...{ attempts: 6, costUsdMicros: 10 + 10 + 10 + 30, totalMs: 48 * MINUTE },
        // Rank floor(0.5 * 3) = 1, and floor(0.95 * 3) = floor(0.99 * 3) = 2.
        ...{ totalMsP50: 10 * MINUTE, totalMsP95: 15 * MINUTE, totalMsP99: 15 * MINUTE },
      },
    ]);
  });

  it('divides by bucket, an end in another than its arrival', async () => {
    const [nine, ten] = await ask('bucket');
    assert.deepEqual(nine, {
      ...{ ...NOTHING, key: String(NINE), arrivals: 4, users: 2, succeeded: 3, videosDelivered: 3, videoSec: 24 },
      ...{ attempts: 3, costUsdMicros: 30, totalMs: 33 * MINUTE },
      ...{ totalMsP50: 10 * MINUTE, totalMsP95: 10 * MINUTE, totalMsP99: 10 * MINUTE },
    });
    assert.deepEqual(ten, {
      ...{ ...NOTHING, key: String(NINE + HOUR_MS), arrivals: 1, users: 1, succeeded: 1, videosDelivered: 1 },
      ...{ videoSec: 8, attempts: 3, costUsdMicros: 30, totalMs: 15 * MINUTE },
      ...{ totalMsP50: 15 * MINUTE, totalMsP95: 15 * MINUTE, totalMsP99: 15 * MINUTE },
    });
  });

  it('divides by model, kind and both', async () => {
    for (const [by, fast, slow] of [
      ['model', 'fast', 'slow'],
      ['kind', 'text_to_video', 'image_to_video'],
      ['cell', 'fast text_to_video', 'slow image_to_video'],
    ] as const) {
      const rows = new Map((await ask(by)).map((row) => [row.key, row as unknown as typeof NOTHING]));
      const found = [fast, slow].map((key) => {
        const { arrivals, users, succeeded, totalMsP50 } = rows.get(key) ?? assert.fail(key);
        return [arrivals, users, succeeded, totalMsP50];
      });
      assert.deepEqual(found, [
        [3, 2, 2, MINUTE],
        [2, 1, 2, 15 * MINUTE],
      ]);
    }
  });
});

import assert from 'node:assert/strict';
import type { RowEvent } from '../../src/core/warehouse/row.ts';
import { type StartedWarehouse, startWarehouse } from './started.ts';

const CELL = 'google/veo-3.1/text-to-video';
const subject = (generationId: string) => ({
  generationId,
  provider: 'google',
  model: 'veo-3.1',
  kind: 'text-to-video',
});

/** An event of the hand-made log, at a minute past 10:00 of the 10th of March. */
function event(type: string, minute: number, body: object, user = 'u1'): RowEvent {
  const occurredAt = new Date(Date.UTC(2026, 2, 10, 10, minute));
  const { generationId } = body as { generationId: string };
  const known = { id: `${generationId}.${minute}.${type}`, cellKey: CELL, userKey: user, occurredAt };
  return { ...known, type, body } as RowEvent;
}

const MEASURES = {
  ...{ attempts: 1, costUsdMicros: 1_000_000, wasteUsdMicros: 0, possibleWasteUsdMicros: 0, chargedCredits: 100 },
  ...{ videosDelivered: 1, videosBlocked: 0, videoSec: 8 },
};
const endedAt = new Date('2026-03-10T10:05:00Z');

const LOG: RowEvent[] = [
  // a: delivered, rated 2 and then 5, scored 800 and then 600, corrected twice.
  event('generation.requested', 0, { ...subject('a'), videosAsked: 1, priceUsdMicros: 1_000_000 }),
  event('generation.submitted', 1, { ...subject('a'), attempt: 1, queueMs: 60_000 }),
  event('generation.succeeded', 5, { ...subject('a'), ...MEASURES, queueMs: 60_000, totalMs: 300_000, style: 'noir' }),
  event('generation.rated', 6, { ...subject('a'), endedAt, from: null, to: 2, videoSec: 8 }, 'a-rater'),
  event('generation.rated', 7, { ...subject('a'), endedAt, from: 2, to: 5, videoSec: 8 }, 'a-rater'),
  event('generation.scored', 8, { ...subject('a'), endedAt, scorer: 'x', from: null, to: 800 }),
  event('generation.scored', 9, { ...subject('a'), endedAt, scorer: 'x', from: 800, to: 600 }),
  event('generation.corrected', 10, {
    ...{ ...subject('a'), endedAt },
    changes: [
      { measure: 'costUsdMicros', from: 1_000_000, to: 1_500_000 },
      { measure: 'renderMs', from: null, to: 200_000 },
    ],
  }),
  event('generation.corrected', 11, {
    ...{ ...subject('a'), endedAt },
    changes: [{ measure: 'costUsdMicros', from: 1_500_000, to: 1_200_000 }],
  }),
  // b: a reported failure, which tells when it was asked for; never rated.
  event(
    'generation.failed',
    20,
    {
      ...{ ...subject('b'), ...MEASURES, totalMs: 90_000, videosDelivered: 0, videoSec: 0, costUsdMicros: 0 },
      ...{ requestedAt: new Date('2026-03-10T10:18:15Z'), errorCode: 'timeout', fault: 'provider' },
    },
    'u2',
  ),
  // c: asked for only; d: rated, its end is not loaded yet.
  event('generation.requested', 30, { ...subject('c'), videosAsked: 1, priceUsdMicros: 1_000_000 }),
  event('generation.rated', 31, { ...subject('d'), endedAt, from: null, to: 1, videoSec: 8 }),
];

describe('warehouse: the view generations', () => {
  let warehouse: StartedWarehouse;
  before(async () => {
    warehouse = await startWarehouse();
    await warehouse.load(LOG);
  });
  after(() => warehouse.stop());

  it('has a row for each that ended, with what is known by now', async () => {
    const rows = await warehouse.ask<Record<string, unknown>>('views/generations');
    rows.sort((x, y) => String(x.generation_id).localeCompare(String(y.generation_id)));
    const common = { cell_key: CELL, provider: 'google', model: 'veo-3.1', kind: 'text-to-video', attempts: 1 };
    const none = { waste_usd_micros: 0, possible_waste_usd_micros: 0, videos_blocked: 0, store_ms: null };
    assert.deepEqual(rows, [
      {
        ...{ ...common, ...none, generation_id: 'a', outcome: 'succeeded', user_key: 'u1', style: 'noir' },
        // Nobody told when it was asked for: 300 s before its end.
        ...{ ended_at: endedAt, requested_at: new Date('2026-03-10T10:00:00Z') },
        ...{ error_code: null, fault: null, queue_ms: 60_000, render_ms: 200_000, total_ms: 300_000 },
        ...{ cost_usd_micros: 1_200_000, charged_credits: 100, videos_delivered: 1, video_sec: 8 },
        ...{ rating_stars: 5, quality_thousandths: 600 },
      },
      {
        ...{ ...common, ...none, generation_id: 'b', outcome: 'failed', user_key: 'u2', style: null },
        ...{ ended_at: new Date('2026-03-10T10:20:00Z'), requested_at: new Date('2026-03-10T10:18:15Z') },
        ...{ error_code: 'timeout', fault: 'provider', queue_ms: null, render_ms: null, total_ms: 90_000 },
        ...{ cost_usd_micros: 0, charged_credits: 100, videos_delivered: 0, video_sec: 0 },
        ...{ rating_stars: null, quality_thousandths: null },
      },
    ]);
  });

  it('answers through the view as its text does', async () => {
    const [rows] = await warehouse.client.query('SELECT * FROM dailies.generations ORDER BY generation_id');
    assert.deepEqual(
      rows.map(({ generation_id, cost_usd_micros }) => [generation_id, cost_usd_micros]),
      [
        ['a', 1_200_000],
        ['b', 0],
      ],
    );
  });
});

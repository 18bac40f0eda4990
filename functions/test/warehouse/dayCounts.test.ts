import assert from 'node:assert/strict';
import fc from 'fast-check';
import { foldEvents } from '../../src/core/rollup/fold.ts';
import {
  addCells,
  addEvent,
  addRow,
  COMPARED,
  type DayCounts,
  differencesOf,
} from '../../src/core/warehouse/dayCounts.ts';
import type { RowEvent } from '../../src/core/warehouse/row.ts';
import { historyOf } from '../core/analytics/historyEvents.ts';
import { type StartedWarehouse, startWarehouse } from './started.ts';

const FROM = new Date('2026-03-09T00:00:00Z');
const TO = new Date('2026-03-12T00:00:00Z');
const DAY_MS = 86_400_000;
const ZEROS = Object.fromEntries(COMPARED.map((name) => [name, 0]));
type Row = Parameters<typeof addRow>[1];

const A = 'google/veo/text_to_video';
const B = 'kling/k2/image_to_video';
let events = 0;
function event(type: string, at: string, cellKey: string | undefined, body: object = {}): RowEvent {
  const known = { id: `hand-${events++}`, type, occurredAt: new Date(at), userKey: 'u', ...(cellKey && { cellKey }) };
  return { ...known, body: { generationId: 'g', provider: 'p', model: 'm', kind: 'k', ...body } } as RowEvent;
}
const end = (costUsdMicros: number, videoSec: number, more: object = {}) => ({
  ...{ attempts: 1, totalMs: 1, costUsdMicros, wasteUsdMicros: 0, possibleWasteUsdMicros: 0, chargedCredits: 0 },
  ...{ videosDelivered: 1, videosBlocked: 0, videoSec, ...more },
});

const HAND: RowEvent[] = [
  // The day before: not asked about, but for what ends on the 9th.
  event('generation.requested', '2026-03-08T23:59:59.999Z', A),
  event('generation.succeeded', '2026-03-09T00:00:00.000Z', A, end(500, 8)),
  // A reported end of the 11th, asked for on the 9th; and one after the period, asked for in it.
  event('generation.failed', '2026-03-11T10:00:00Z', B, end(70, 0, { requestedAt: new Date('2026-03-09T12:00:00Z') })),
  event('generation.expired', '2026-03-20T10:00:00Z', B, end(9, 9, { requestedAt: new Date('2026-03-11T23:00:00Z') })),
  // Asked for before the period, ended in it.
  event('generation.blocked', '2026-03-10T01:00:00Z', B, end(3, 0, { requestedAt: new Date('2026-03-01T12:00:00Z') })),
  event('generation.cancelled', '2026-03-10T02:00:00Z', A, end(0, 0)),
  event('generation.requested', '2026-03-10T03:00:00Z', undefined),
  // Told later, about the end on the 9th: its cost and seconds; a rating adds nothing here.
  event('generation.corrected', '2026-03-14T03:00:00Z', A, {
    endedAt: new Date('2026-03-09T00:00:00.000Z'),
    changes: [
      { measure: 'costUsdMicros', from: 500, to: 450 },
      { measure: 'videoSec', from: null, to: 2 },
      { measure: 'renderMs', from: null, to: 99 },
    ],
  }),
  event('generation.rated', '2026-03-14T04:00:00Z', A, {
    ...{ endedAt: new Date('2026-03-09T00:00:00.000Z'), from: null, to: 5, videoSec: 8 },
  }),
  event('generation.submitted', '2026-03-10T03:00:01Z', A, { attempt: 1, queueMs: 5 }),
  event('page.viewed', '2026-03-10T03:00:01Z', undefined, { page: '/' }),
];

describe('warehouse: what days came to', function () {
  this.timeout(60_000);
  let warehouse: StartedWarehouse;
  before(async () => {
    warehouse = await startWarehouse();
  });
  after(() => warehouse.stop());
  const ask = (from: Date, to: Date) => warehouse.ask<Row>('warehouse/day_counts', { from, to });

  it('is as worked out by hand', async () => {
    await warehouse.load(HAND);
    assert.deepEqual(await ask(FROM, TO), [
      { ...ZEROS, day: '2026-03-09', cellKey: A, succeeded: 1, costUsdMicros: 450, videoSec: 10 },
      { ...ZEROS, day: '2026-03-09', cellKey: B, arrivals: 1 },
      { ...ZEROS, day: '2026-03-10', cellKey: A, cancelled: 1 },
      { ...ZEROS, day: '2026-03-10', cellKey: B, blocked: 1, costUsdMicros: 3 },
      { ...ZEROS, day: '2026-03-10', cellKey: 'other/other/other', arrivals: 1 },
      { ...ZEROS, day: '2026-03-11', cellKey: B, arrivals: 1, failed: 1, costUsdMicros: 70 },
    ]);
  });

  it('is the same in SQL, in the rollups, and event by event', async () => {
    const [fromMs, toMs] = [Date.parse('2026-05-04'), Date.parse('2026-05-07')];
    const span = { fromMs: fromMs - 2 * DAY_MS, toMs: toMs + DAY_MS };
    const [history = []] = fc.sample(historyOf(span, { minLength: 400, maxLength: 400 }), { seed: 1, numRuns: 1 });
    await warehouse.load(history);
    const days = [fromMs, fromMs + DAY_MS, fromMs + 2 * DAY_MS].map((ms) => new Date(ms).toISOString().slice(0, 10));
    const [inSql, inRollups, oneByOne]: [DayCounts, DayCounts, DayCounts] = [new Map(), new Map(), new Map()];
    for (const row of await ask(new Date(fromMs), new Date(toMs))) addRow(inSql, row);
    for (const { id, part, cells } of foldEvents(history, { zones: [], nowMs: toMs }).documents.values()) {
      const day = /~1d~UTC~(.{10})/.exec(id)?.[1];
      if (day && part.startsWith('p')) addCells(inRollups, day, cells);
    }
    for (const day of days) for (const told of history) addEvent(oneByOne, day, told);
    const arrivals = days.flatMap((day) => [...(inSql.get(day)?.values() ?? [])].map((cell) => cell.arrivals));
    assert.ok(arrivals.length > 20 && arrivals.reduce((sum, n) => sum + n, 0) > 80, 'there is much to compare');
    assert.deepEqual(differencesOf(days, inSql, inRollups), []);
    assert.deepEqual(differencesOf(days, oneByOne, inRollups), []);
  });

  it('differs where a number differs, where a cell is missing, and on the days asked about only', () => {
    const counts = (day: string, arrivals: number): DayCounts => {
      const of: DayCounts = new Map();
      addRow(of, { ...ZEROS, day, cellKey: A, arrivals } as Row);
      return of;
    };
    const one = { cellKey: A, measure: 'arrivals' };
    assert.deepEqual(differencesOf(['d'], counts('d', 1), counts('d', 2)), [
      { ...one, day: 'd', warehouse: 1, rollups: 2 },
    ]);
    assert.deepEqual(differencesOf(['d'], new Map(), counts('d', 2)), [{ ...one, day: 'd', warehouse: 0, rollups: 2 }]);
    assert.deepEqual(differencesOf(['e'], counts('d', 1), counts('d', 2)), []);
  });
});

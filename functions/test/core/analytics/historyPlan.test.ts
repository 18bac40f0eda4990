import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  type HistoryOptions,
  type PlannedSlot,
  planHistory,
  sourcesOf,
} from '../../../src/core/analytics/historyPlan.ts';
import type { Stretch } from '../../../src/core/analytics/slots.ts';

const NOW_MS = Date.parse('2024-12-02T12:00Z');
const QUARTER_MS = 900_000;
const DAY_MS = 86_400_000;
const HEADS = { parts: () => ['head' as const] };
const at = (ms: number) => new Date(ms).toISOString().slice(0, 16);
const stretch = (from: string, to: string): Stretch => ({ startMs: Date.parse(from), endMs: Date.parse(to) });
const options = (more: Partial<HistoryOptions> = {}): HistoryOptions => ({
  ...{ zone: 'UTC', zones: [], nowMs: NOW_MS, maxDocuments: 800, warehouseThroughMs: Date.parse('2024-12-02T11:53Z') },
  ...more,
});
const told = (slots: readonly PlannedSlot[] | undefined) =>
  slots && sourcesOf(slots).map(({ source, startMs, endMs }) => `${source} ${at(startMs)} ${at(endMs)}`);

describe('core/analytics/historyPlan', () => {
  const KATHMANDU = { zone: 'Asia/Kathmandu' };
  const OLD_HOUR = stretch('2024-05-01T10:00Z', '2024-05-01T11:00Z');
  const OLD_DAY = stretch('2024-05-01', '2024-05-02');
  for (const [what, stretches, more, expected] of [
    ['what buckets hold', [OLD_DAY], {}, ['rollups 2024-05-01T00:00 2024-05-02T00:00']],
    ['an hour that is not kept any more', [OLD_HOUR], {}, ['warehouse 2024-05-01T10:00 2024-05-01T11:00']],
    ['the same without a warehouse', [OLD_HOUR], { warehouseThroughMs: undefined }, undefined],
    [
      ...['a day that is kept beside one of a zone that never was'],
      ...[[OLD_DAY, stretch('2024-05-01T18:15Z', '2024-05-02T18:15Z')], KATHMANDU],
      ['rollups 2024-05-01T00:00 2024-05-02T00:00', 'warehouse 2024-05-01T18:15 2024-05-02T18:15'],
    ],
    [
      ...['a long time up to now, with a seam where the warehouse ends'],
      ...[[stretch('2024-05-01T18:15Z', '2024-12-03T00:00Z')], KATHMANDU],
      ['warehouse 2024-05-01T18:15 2024-12-02T11:45', 'rollups 2024-12-02T11:45 2024-12-03T00:00'],
    ],
    [
      ...[
        'more documents than may be read',
        [stretch('2024-11-01', '2024-11-04'), stretch('2024-12-02', '2024-12-03')],
      ],
      ...[{ maxDocuments: 3 }],
      [
        'warehouse 2024-11-01T00:00 2024-11-04T00:00',
        'warehouse 2024-12-02T00:00 2024-12-02T11:45',
        'rollups 2024-12-02T11:45 2024-12-03T00:00',
      ],
    ],
    [
      ...[
        'what begins after all that the warehouse has',
        [OLD_HOUR, stretch('2024-12-02T11:50Z', '2024-12-02T12:00Z')],
      ],
      ...[{}, ['warehouse 2024-05-01T10:00 2024-05-01T11:00', 'rollups 2024-12-02T11:50 2024-12-02T12:00']],
    ],
    [
      ...['an old hour that a warehouse far behind does not have', [OLD_HOUR]],
      ...[{ warehouseThroughMs: Date.parse('2024-03-01') }, ['warehouse 2024-05-01T10:00 2024-05-01T11:00']],
    ],
  ] as [string, Stretch[], Partial<HistoryOptions>, string[] | undefined][]) {
    it(`answers ${what}`, () => assert.deepEqual(told(planHistory(stretches, HEADS, options(more))), expected));
  }

  it('has every moment once: what the warehouse tells ends where the buckets begin', () => {
    const quarter = fc.integer({ min: (NOW_MS - 300 * DAY_MS) / QUARTER_MS, max: (NOW_MS + DAY_MS) / QUARTER_MS });
    const cuts = fc.uniqueArray(quarter, { minLength: 2, maxLength: 8 });
    const through = fc.integer({ min: NOW_MS - 200 * DAY_MS, max: NOW_MS });
    const zone = fc.constantFrom('UTC', 'America/New_York', 'Asia/Kathmandu');
    fc.assert(
      fc.property(cuts, through, zone, fc.integer({ min: 1, max: 400 }), (quarters, throughMs, zone, maxDocuments) => {
        const [first = 0, ...rest] = quarters.sort((a, b) => a - b).map((n) => n * QUARTER_MS);
        const stretches = rest.map((endMs, i) => ({ startMs: rest[i - 1] ?? first, endMs }));
        const zones = ['America/New_York'];
        const slots = planHistory(
          stretches,
          HEADS,
          options({ zone, zones, maxDocuments, warehouseThroughMs: throughMs }),
        );
        assert.equal(slots?.length, stretches.length);
        for (const [i, { startMs, endMs, tiles, beyond }] of (slots ?? []).entries()) {
          assert.deepEqual({ startMs, endMs }, stretches[i]);
          const parts = [...(beyond ? [beyond] : []), ...tiles];
          assert.deepEqual(
            parts.map((part) => part.startMs),
            [startMs, ...parts.slice(0, -1).map((part) => part.endMs)],
          );
          assert.equal(parts.at(-1)?.endMs, endMs);
        }
      }),
      { seed: 1, numRuns: 200 },
    );
  });
});

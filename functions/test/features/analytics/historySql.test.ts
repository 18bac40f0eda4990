import assert from 'node:assert/strict';
import fc from 'fast-check';
import { BINS_PER_E, cellsOfRows, type HistoryRows } from '../../../src/core/analytics/historyCells.ts';
import { bucketsBetween } from '../../../src/core/rollup/bucket.ts';
import { type Cell, isEmpty } from '../../../src/core/rollup/cell.ts';
import { encodeCells } from '../../../src/core/rollup/codec.ts';
import type { RowEvent } from '../../../src/core/warehouse/row.ts';
import { foldedBetween } from '../../core/analytics/foldedBetween.ts';
import { historyOf } from '../../core/analytics/historyEvents.ts';
import { userKey } from '../../core/rollup/arbitrary.ts';
import { type StartedWarehouse, startWarehouse } from '../../warehouse/started.ts';

const FROM_MS = Date.parse('2026-03-26T00:00Z');
const TO_MS = Date.parse('2026-04-02T00:00Z');

describe('the warehouse as cells of rollups', function () {
  this.timeout(30_000);
  let warehouse: StartedWarehouse;
  before(async () => {
    warehouse = await startWarehouse(Date.parse('2026-10-01T00:00Z'));
  });
  after(() => warehouse?.stop());

  async function rowsOf(
    bounds: readonly number[],
    by: string,
    edges = { prefix: '', suffix: '' },
    max_characters = 1_000_000,
  ): Promise<HistoryRows> {
    const [from, to] = [new Date(bounds[0] ?? 0), new Date(bounds.at(-1) ?? 0)];
    const params = { bounds, from, to, by, ...edges };
    const bins = { time_bins_per_e: BINS_PER_E.time, value_bins_per_e: BINS_PER_E.value };
    return {
      ends: await warehouse.ask('history/ends', params),
      sketches: await warehouse.ask('history/sketches', { ...params, ...bins, max_characters }),
      arrivals: await warehouse.ask('history/arrivals', { ...params, max_characters }),
    };
  }

  it('gives the bytes that rollups of the same generations have, by total, cell and style, in any zone', async () => {
    const [events = []] = fc.sample(historyOf({ fromMs: FROM_MS, toMs: TO_MS }, { minLength: 400, maxLength: 400 }), {
      seed: 7,
      numRuns: 1,
    });
    await warehouse.load(events);
    for (const [zone, granularity] of [
      ['Europe/Paris', '1d'],
      ['Australia/Lord_Howe', '1h'],
    ] as const) {
      const buckets = bucketsBetween(FROM_MS + 3_600_000, TO_MS, granularity, zone);
      const bounds = [...buckets.map(({ startMs }) => startMs), buckets.at(-1)?.endMs ?? 0];
      for (const by of ['total', 'cell', 'style'] as const) {
        const places = cellsOfRows(await rowsOf(bounds, by));
        assert.ok(places.size > 5);
        for (const [at, bucket] of buckets.entries()) {
          const expected = foldedBetween(events, bucket.startMs, bucket.endMs);
          const wanted = {
            total: new Map([['*', expected.head.get('*')]]),
            cell: expected.parts,
            style: expected.style,
          }[by];
          assert.equal(hexOf(places.get(at + 1)), hexOf(wanted as Map<string, Cell>), `${by} ${bucket.startMs}`);
        }
      }
    }
  });

  it('gives the same bytes of more users than are named, whatever their ranks', async () => {
    const day = Date.parse('2026-05-01T00:00Z');
    // Each rank, and both sides of it, in a register of its own: 52 bits are 13 hexadecimal digits.
    const edges = Array.from({ length: 38 }, (_, bit) => [2n ** BigInt(bit), 2n ** BigInt(bit + 1) - 1n]).flat();
    const crafted = [0n, ...edges].map((rest, i) => ((BigInt(i) << 38n) | rest).toString(16).padStart(13, '0'));
    const keys = [
      ...crafted.map((digits) => digits.padEnd(32, '0')),
      ...Array.from({ length: 1_100 }, (_, i) => userKey(i)),
    ];
    const events = keys.map((key, i) => asked(`u${i}`, new Date(day + i * 60_000), key));
    const all = [...events, asked('again', new Date(day), userKey(3)), asked('nobody', new Date(day), '')];
    await warehouse.load(all);
    const bounds = [day, day + 60_000 * 77, day + 86_400_000];
    const rows = await rowsOf(bounds, 'total');
    assert.deepEqual(
      rows.arrivals
        .map(({ place, arrivals, users, registers }) => [place, arrivals, users === null, registers === null])
        .sort(),
      [
        [1, 79, false, true],
        [2, 1_100, true, false],
      ],
    );
    const places = cellsOfRows(rows);
    for (const place of [1, 2]) {
      const { head } = foldedBetween(all, bounds[place - 1] ?? 0, bounds[place] ?? 0);
      assert.equal(hexOf(places.get(place)), hexOf(new Map([['*', head.get('*')]])));
    }
    const whole = await rowsOf([day, day + 86_400_000], 'total');
    const { head } = foldedBetween(all, day, day + 86_400_000);
    assert.equal(hexOf(cellsOfRows(whole).get(1)), hexOf(new Map([['*', head.get('*')]])));
    const ranks = new Map(
      whole.arrivals[0]?.registers?.split(' ').map((pair) => pair.split(':').map(Number) as [number, number]),
    );
    const least = [39, ...Array.from({ length: 38 }, (_, bit) => [38 - bit, 38 - bit]).flat()];
    for (const [register, rank] of least.entries())
      assert.ok((ranks.get(register) ?? 0) >= rank, `register ${register}`);
  });

  describe('by hand', () => {
    const NOON = Date.parse('2026-06-01T12:00Z');
    const bounds = [NOON, NOON + 3_600_000, NOON + 7_200_000];
    before(() => warehouse.load(FEW));

    it('how generations ended', async () => {
      const { ends } = await rowsOf(bounds, 'cell');
      const told = ends.map((row) => Object.fromEntries(Object.entries(row).filter(([, value]) => value !== 0)));
      assert.deepEqual(
        told.sort((a, b) => Number(a.place) - Number(b.place)),
        [
          {
            ...{ place: 1, subject: 'google/veo/text_to_video', error_code: null, ended: 1, succeeded: 1 },
            // 8 s corrected to 16 s, rated 2 and then 5: all are accepted. The cost was 1 $, not 0.8 $.
            ...{ videos_delivered: 1, video_sec: 16, accepted_video_sec: 16, cost_usd_micros: 1_000_000 },
            ...{ charged_credits: 100, attempts: 2, retries: 1, recoveries: 1 },
            ...{ total_ms: 30_000, render_ms: 20_000, quality_thousandths: 900, ratings5: 1 },
          },
          {
            ...{ place: 2, subject: 'kling/turbo/text_to_video', error_code: 'no_output', ended: 1, failed: 1 },
            ...{ fault_provider: 1, waste_usd_micros: 50, attempts: 1, total_ms: 60_000 },
          },
        ],
      );
      assert.deepEqual(
        (await rowsOf(bounds, 'style')).ends.map(({ subject, place }) => [subject, place]),
        [['noir', 1]],
      );
      const ofKling = await rowsOf(bounds, 'total', { prefix: 'kling/', suffix: '/text_to_video' });
      assert.deepEqual(
        ofKling.ends.map(({ subject, ended }) => [subject, ended]),
        [['*', 1]],
      );
      const ofImages = await rowsOf(bounds, 'total', { prefix: '', suffix: '/image_to_video' });
      assert.deepEqual(ofImages, { ends: [], sketches: [], arrivals: [] });
    });

    it('what was measured, in bins', async () => {
      const { sketches } = await rowsOf(bounds, 'total');
      const told = sketches.map(({ place, measure, bins }) => `${place} ${measure} ${bins}`);
      // γ is 1.005 ÷ 0.995 for times and 1.01 ÷ 0.99 otherwise: ln 30,000 × 99.9992 is 1030.89, and so on; −1 holds zeros.
      assert.deepEqual(told.sort(), [
        ...['1 costUsdMicros 691:1', '1 qualityThousandths 341:1', '1 renderMs 991:1', '1 totalMs 1031:1'],
        ...['2 costUsdMicros -1:1', '2 totalMs 1101:1'],
      ]);
    });

    it('who asked, of ours and of reported ones, when they asked', async () => {
      const { arrivals } = await rowsOf(bounds, 'total');
      const [ann, bob] = [userKey(1).slice(0, 13), userKey(2).slice(0, 13)];
      const told = arrivals.map((row) => ({ ...row, users: row.users?.split(' ').sort() ?? null }));
      assert.deepEqual(
        told.sort((a, b) => a.place - b.place),
        [
          // Kling's was asked for an hour before it ended, and is told of by its end alone.
          { place: 1, subject: '*', arrivals: 3, users: [ann, bob].sort(), registers: null, characters: 27 },
        ],
      );
    });

    it('leaves out what is longer than an answer may be', async () => {
      // '1030:1' and so on: see above.
      const whole = await rowsOf(bounds, 'total');
      const [{ characters = 0 } = {}] = whole.sketches as readonly { characters?: number }[];
      assert.equal(characters, 5 + 5 + 5 + 6 + 4 + 6);
      const long = await rowsOf(bounds, 'total', undefined, 27);
      assert.deepEqual(new Set(long.sketches.map(({ bins }) => bins)), new Set([null]));
      assert.equal(long.arrivals[0]?.users?.length, 27);
      const longer = await rowsOf(bounds, 'total', undefined, 26);
      assert.deepEqual(
        longer.arrivals.map(({ users, registers }) => [users, registers]),
        [[null, null]],
      );
    });
  });
});

const subject = { provider: 'google', model: 'veo', kind: 'text_to_video' as const };
function asked(id: string, occurredAt: Date, key: string, cellKey = 'google/veo/text_to_video'): RowEvent {
  const body = { ...subject, generationId: id, videosAsked: 1, priceUsdMicros: 0 };
  return { id: `${id}.0`, type: 'generation.requested', occurredAt, cellKey, userKey: key, body };
}

const time = (text: string) => new Date(`2026-06-01T${text}Z`);
const of = (provider: string, model: string, key: number) => ({
  ...{ cellKey: `${provider}/${model}/text_to_video`, userKey: userKey(key) },
});
const veo = { ...subject, generationId: 'a', style: 'noir' as const };
const nothing = {
  wasteUsdMicros: 0,
  possibleWasteUsdMicros: 0,
  chargedCredits: 0,
  videosDelivered: 0,
  videosBlocked: 0,
};
const FEW: RowEvent[] = [
  asked('a', time('12:10'), userKey(1)),
  {
    ...{ ...of('google', 'veo', 1), id: 'a.1', type: 'generation.succeeded', occurredAt: time('12:10:30') },
    body: {
      ...{ ...veo, ...nothing, attempts: 2, renderMs: 20_000, totalMs: 30_000, costUsdMicros: 800_000 },
      ...{ chargedCredits: 100, videosDelivered: 1, videoSec: 8 },
    },
  },
  ...[
    { type: 'generation.rated' as const, from: null, to: 2, videoSec: 8 },
    { type: 'generation.scored' as const, from: null, to: 700, scorer: 'x' },
    { type: 'generation.scored' as const, from: 700, to: 900, scorer: 'x' },
    { type: 'generation.rated' as const, from: 2, to: 5, videoSec: 8 },
    {
      ...{ type: 'generation.corrected' as const, ratingStars: 5 },
      changes: [
        { measure: 'videoSec' as const, from: 8, to: 16 },
        { measure: 'costUsdMicros' as const, from: 800_000, to: 1_000_000 },
      ],
    },
  ].map(({ type, ...told }, i) => ({
    ...{ ...of('google', 'veo', 1), id: `a.${i + 2}`, type, occurredAt: time('20:00') },
    body: { ...veo, endedAt: time('12:10:30'), ...told } as RowEvent['body'],
  })),
  // Asked for again, and not over yet.
  asked('b', time('12:20'), userKey(1)),
  {
    ...{ ...of('kling', 'turbo', 2), id: 'c.1', type: 'generation.failed', occurredAt: time('13:30') },
    body: {
      ...{ ...subject, ...nothing, generationId: 'c', provider: 'kling', model: 'turbo', requestedAt: time('12:30') },
      ...{ attempts: 1, totalMs: 60_000, costUsdMicros: 0, wasteUsdMicros: 50, videoSec: 0 },
      ...{ errorCode: 'no_output', fault: 'provider' },
    },
  },
];

function hexOf(cells: ReadonlyMap<string, Cell | undefined> | undefined): string {
  const known = [...(cells ?? [])].filter(
    (entry): entry is [string, Cell] => entry[1] !== undefined && !isEmpty(entry[1]),
  );
  return Buffer.from(encodeCells(new Map(known))).toString('hex');
}

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type TileOptions, tilesOf } from '../../../src/core/analytics/tiles.ts';
import { bucketAt, type Granularity, isKept } from '../../../src/core/rollup/bucket.ts';

const QUARTER_MS = 900_000;
const DAY_MS = 86_400_000;
const NOW_MS = Date.parse('2024-12-02T12:00Z');
const options = (zone: string, zones: string[] = []): TileOptions => ({ zone, zones, nowMs: NOW_MS });
const NEW_YORK = options('America/New_York', ['America/New_York']);

/** Such as `30 1d America/New_York`, in order. */
function runs(from: string, to: string, how: TileOptions): string[] {
  const counted: { what: string; n: number }[] = [];
  for (const { granularity, zone } of tilesOf(Date.parse(from), Date.parse(to), how)) {
    const what = `${granularity} ${zone}`;
    const last = counted.at(-1);
    if (last?.what === what) last.n++;
    else counted.push({ what, n: 1 });
  }
  return counted.map(({ what, n }) => `${n} ${what}`);
}

describe('core/analytics/tiles', () => {
  for (const { name, from, to, how = options('UTC'), expected } of [
    { name: 'days of UTC', from: '2024-11-01T00:00Z', to: '2024-12-01T00:00Z', expected: ['30 1d UTC'] },
    {
      ...{ name: 'days of a reporting zone, 24 and 25 hours long', expected: ['30 1d America/New_York'] },
      ...{ from: '2024-11-01T04:00Z', to: '2024-12-01T05:00Z', how: NEW_YORK },
    },
    {
      ...{ name: 'days of UTC where the zone is another', expected: ['30 1d UTC'] },
      ...{ from: '2024-11-01T00:00Z', to: '2024-12-01T00:00Z', how: NEW_YORK },
    },
    {
      ...{ name: 'days of UTC and hours beside them in a zone that is not reported' },
      ...{ from: '2024-11-04T23:00Z', to: '2024-11-07T23:00Z', how: options('Europe/Paris') },
      expected: ['1 1h UTC', '2 1d UTC', '23 1h UTC'],
    },
    {
      ...{ name: 'quarters where the clocks are half an hour off', from: '2024-11-04T18:30Z', to: '2024-11-04T20:30Z' },
      ...{ how: options('Asia/Kolkata'), expected: ['2 15m UTC', '1 1h UTC', '2 15m UTC'] },
    },
    {
      ...{ name: 'minutes at the edges of two days ago', from: '2024-12-01T10:58Z', to: '2024-12-01T12:16Z' },
      expected: ['2 1m UTC', '1 1h UTC', '1 15m UTC', '1 1m UTC'],
    },
    { name: 'a day of years ago', from: '2020-02-29T00:00Z', to: '2020-03-01T00:00Z', expected: ['1 1d UTC'] },
  ]) {
    it(`takes ${name}`, () => assert.deepEqual(runs(from, to, how), expected));
  }

  for (const [what, from, to, how = options('UTC')] of [
    ['hours of 121 days ago', '2024-08-03T10:00Z', '2024-08-03T11:00Z'],
    ['minutes of three days ago', '2024-11-29T10:58Z', '2024-11-29T11:00Z'],
    ['old days of a zone that is not reported', '2024-05-01T22:00Z', '2024-05-02T22:00Z', options('Europe/Paris')],
  ] as const) {
    it(`refuses ${what}`, () => {
      assert.throws(() => runs(from, to, how), { name: 'AppError', code: 'invalid_request', message: /120 days/ });
    });
  }

  it('covers every stretch that is kept exactly once, in order, and with hardly more than the fewest buckets', () => {
    const zone = fc.constantFrom('UTC', 'America/New_York', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'Europe/London');
    const quarters = fc.integer({ min: 1, max: 96 * 12 });
    const ago = fc.integer({ min: 96 * 12, max: 96 * 118 });
    fc.assert(
      fc.property(zone, fc.boolean(), ago, quarters, (name, isReported, before, length) => {
        const fromMs = NOW_MS - before * QUARTER_MS;
        const toMs = fromMs + length * QUARTER_MS;
        const how = options(name, isReported && name !== 'UTC' ? [name] : []);
        const tiles = tilesOf(fromMs, toMs, how);
        let atMs = fromMs;
        for (const tile of tiles) {
          assert.equal(tile.startMs, atMs);
          assert.ok(isKept(tile, NOW_MS));
          atMs = tile.endMs;
        }
        assert.equal(atMs, toMs);
        const fewest = fewestTiles(fromMs, toMs, how);
        assert.ok(tiles.length <= fewest + 2, `${tiles.length} where ${fewest} would do`);
      }),
      { seed: 1, numRuns: 150 },
    );
  });

  it('covers whole days of a reporting zone of long ago by days', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('Europe/London', 'Asia/Kathmandu'),
        fc.nat(2_000),
        fc.nat(300),
        (zone, before, days) => {
          const { startMs } = bucketAt(NOW_MS - (200 + before) * DAY_MS, '1d', zone);
          const { endMs } = bucketAt(startMs + days * DAY_MS + DAY_MS / 2, '1d', zone);
          const tiles = tilesOf(startMs, endMs, options(zone, [zone]));
          assert.equal(tiles.length, days + 1);
        },
      ),
      { seed: 1, numRuns: 50 },
    );
  });
});

/** The fewest buckets of the zone and of UTC, found by trying all. */
function fewestTiles(fromMs: number, toMs: number, { zone, zones, nowMs }: TileOptions): number {
  const fewest = new Map([[fromMs, 0]]);
  const kinds: [Granularity, string][] = ['UTC', ...zones].flatMap((each) => [
    ['1d', each] as [Granularity, string],
    ['1h', each] as [Granularity, string],
  ]);
  assert.ok(zones.length === 0 || zones[0] === zone);
  for (let atMs = fromMs; atMs < toMs; atMs += QUARTER_MS) {
    const n = fewest.get(atMs);
    if (n === undefined) continue;
    for (const [granularity, each] of [...kinds, ['15m', 'UTC'] as [Granularity, string]]) {
      const bucket = bucketAt(atMs, granularity, each);
      if (bucket.startMs !== atMs || bucket.endMs > toMs || !isKept(bucket, nowMs)) continue;
      fewest.set(bucket.endMs, Math.min(fewest.get(bucket.endMs) ?? Infinity, n + 1));
    }
  }
  return fewest.get(toMs) ?? Infinity;
}

import { AppError } from '../errors.ts';
import { type Bucket, bucketAt, isKept, UTC } from '../rollup/bucket.ts';

export interface TileOptions {
  /** Whose days are asked for. */
  zone: string;
  /** Zones besides UTC in which hours and days are counted. */
  zones: readonly string[];
  /** Decides what is still kept. */
  nowMs: number;
}

const NOT_KEPT =
  'What begins or ends within a day is known for 120 days, within a quarter of an hour for 48 hours; ask for whole days of UTC or of a reporting zone.';

/**
 * Buckets that together are exactly this stretch of time, as few as can be found: days of the zone or of UTC, and what is
 * smaller at the edges. Throws AppError `invalid_request` where what is needed is not kept.
 */
export function tilesOf(fromMs: number, toMs: number, options: TileOptions): Bucket[] {
  const tiles = keptTilesOf(fromMs, toMs, options);
  if (!tiles)
    throw new AppError('invalid_request', NOT_KEPT, [{ path: 'from', message: 'no longer known that finely' }]);
  return tiles;
}

/** The same; undefined where what is needed is not kept. */
export function keptTilesOf(fromMs: number, toMs: number, { zone, zones, nowMs }: TileOptions): Bucket[] | undefined {
  const own = zones.includes(zone) ? [zone] : [UTC];
  const ways = own[0] === UTC ? [own] : [own, [zone, UTC], [UTC]];
  const found = ways.map((way) => greedyTiles(fromMs, toMs, way, nowMs)).filter((tiles) => tiles !== undefined);
  return found.sort((a, b) => a.length - b.length)[0];
}

function greedyTiles(fromMs: number, toMs: number, zones: readonly string[], nowMs: number): Bucket[] | undefined {
  const tiles: Bucket[] = [];
  for (let atMs = fromMs; atMs < toMs; ) {
    const tile = longestFrom(atMs, toMs, zones, nowMs);
    if (!tile) return undefined;
    tiles.push(tile);
    atMs = tile.endMs;
  }
  return tiles;
}

/** The longest bucket that begins at a moment, ends in time and is kept; of the first zone where two are as long. */
function longestFrom(atMs: number, toMs: number, zones: readonly string[], nowMs: number): Bucket | undefined {
  for (const granularity of ['1d', '1h', '15m', '1m'] as const) {
    const inZones = granularity === '1d' || granularity === '1h' ? zones : [UTC];
    const fitting = inZones
      .map((zone) => bucketAt(atMs, granularity, zone))
      .filter((bucket) => bucket.startMs === atMs && bucket.endMs <= toMs && isKept(bucket, nowMs));
    const [longest] = fitting.sort((a, b) => b.endMs - a.endMs);
    if (longest) return longest;
  }
  return undefined;
}

import type { Bucket } from '../rollup/bucket.ts';
import type { Selection } from './select.ts';
import type { Slot, Stretch } from './slots.ts';
import { keptTilesOf, type TileOptions } from './tiles.ts';

/** What one answer is made of: first what the warehouse tells, then buckets. */
export interface PlannedSlot extends Slot {
  /** What buckets do not hold any more or never held. */
  beyond: Stretch | undefined;
}

export interface HistoryOptions extends TileOptions {
  /** Documents that one answer may read. */
  maxDocuments: number;
  /** Everything recorded up to here is in the warehouse; undefined where there is none. */
  warehouseThroughMs: number | undefined;
}

/** Where a stretch is shared out, buckets are still kept on: from the last whole quarter that the warehouse has. */
const QUARTER_MS = 900_000;

/**
 * What each stretch of time is answered from: buckets where they are kept and few enough; else the warehouse as far as it goes,
 * and buckets from there on. Never is a moment in both. Undefined where buckets are not enough and there is no warehouse.
 */
export function planHistory(
  stretches: readonly Stretch[],
  { parts }: Pick<Selection, 'parts'>,
  { maxDocuments, warehouseThroughMs, ...options }: HistoryOptions,
): PlannedSlot[] | undefined {
  const tiled = stretches.map(({ startMs, endMs }) => keptTilesOf(startMs, endMs, options));
  const documents = tiled.flatMap((tiles) => tiles ?? []).reduce((sum, tile) => sum + parts(tile).length, 0);
  const areFew = documents <= maxDocuments;
  const kept = stretches.map((stretch, at) => areFew && ofBuckets(stretch, tiled[at]));
  if (warehouseThroughMs !== undefined)
    return stretches.map((stretch, at) => kept[at] || sharedOut(stretch, warehouseThroughMs, options));
  return kept.every((slot) => slot) ? kept.filter((slot) => slot !== false && slot !== undefined) : undefined;
}

const ofBuckets = (stretch: Stretch, tiles: readonly Bucket[] | undefined): PlannedSlot | undefined =>
  tiles && { ...stretch, tiles, beyond: undefined };

function sharedOut({ startMs, endMs }: Stretch, throughMs: number, options: TileOptions): PlannedSlot {
  const seamMs = Math.max(startMs, Math.min(endMs, Math.floor(throughMs / QUARTER_MS) * QUARTER_MS));
  const tiles = keptTilesOf(seamMs, endMs, options);
  // Where the warehouse is so far behind that buckets are gone, the answer is all it has, and not complete.
  if (!tiles) return { startMs, endMs, tiles: [], beyond: { startMs, endMs } };
  return { startMs, endMs, tiles, beyond: seamMs > startMs ? { startMs, endMs: seamMs } : undefined };
}

/** Where a part of an answer comes from. */
export interface SourcedStretch extends Stretch {
  source: 'rollups' | 'warehouse';
}

/** Where the parts of an answer come from, in order of time; parts that follow one another from one source are one. */
export function sourcesOf(slots: readonly PlannedSlot[]): SourcedStretch[] {
  const sources: SourcedStretch[] = [];
  for (const part of slots.flatMap(partsOf)) {
    const last = sources.at(-1);
    if (last?.source === part.source && last.endMs === part.startMs) last.endMs = part.endMs;
    else sources.push({ ...part });
  }
  return sources;
}

function partsOf({ startMs, endMs, beyond }: PlannedSlot): SourcedStretch[] {
  const seamMs = beyond?.endMs ?? startMs;
  return [
    ...(beyond ? [{ source: 'warehouse' as const, ...beyond }] : []),
    ...(seamMs < endMs ? [{ source: 'rollups' as const, startMs: seamMs, endMs }] : []),
  ];
}

import { AppError } from '../errors.ts';
import { type Bucket, bucketsBetween, GRANULARITIES, type Granularity, UTC } from '../rollup/bucket.ts';
import type { Period } from './period.ts';
import { type TileOptions, tilesOf } from './tiles.ts';

/** Points of a series in one answer. */
export const MAX_SLOTS = 400;

/** From one moment up to, and not with, another. */
export interface Stretch {
  startMs: number;
  endMs: number;
}

/** A stretch of time that has one answer, and the buckets that it is made of. */
export interface Slot extends Stretch {
  tiles: readonly Bucket[];
}

type Kept = Omit<TileOptions, 'zone'>;

/** A whole period as one stretch. Throws as `tilesOf`. */
export function wholeSlot({ fromMs, toMs, zone }: Period, kept: Kept): Slot {
  return { startMs: fromMs, endMs: toMs, tiles: tilesOf(fromMs, toMs, { zone, ...kept }) };
}

/**
 * A period cut at the hours or days of its zone (minutes and quarters are the same everywhere); the first and the last may be
 * shorter. Throws as `tilesOf`, and AppError `invalid_request` for more than 400.
 */
export function slotsOf(period: Period, granularity: Granularity, kept: Kept): Slot[] {
  const { zone } = period;
  return stretchesOf(period, granularity).map(({ startMs, endMs }) => {
    return { startMs, endMs, tiles: tilesOf(startMs, endMs, { zone, ...kept }) };
  });
}

/** The stretches that a period is cut into, as `slotsOf` does. Throws AppError `invalid_request` for more than 400. */
export function stretchesOf({ fromMs, toMs, zone }: Period, granularity: Granularity): Stretch[] {
  const cutIn = GRANULARITIES[granularity].everyZone ? zone : UTC;
  if ((toMs - fromMs) / GRANULARITIES[granularity].lengthMs > MAX_SLOTS) throw tooMany(granularity);
  return bucketsBetween(fromMs, toMs, granularity, cutIn).map((bucket) => {
    return { startMs: Math.max(bucket.startMs, fromMs), endMs: Math.min(bucket.endMs, toMs) };
  });
}

function tooMany(granularity: Granularity): AppError {
  const message = `More than ${MAX_SLOTS} times ${granularity}: ask for a shorter period or a coarser granularity.`;
  return new AppError('invalid_request', message, [{ path: 'granularity', message: 'too fine' }]);
}

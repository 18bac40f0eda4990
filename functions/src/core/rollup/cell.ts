import { DistinctUsers } from './distinct.ts';
import { Sketch } from './sketch.ts';

/**
 * The integers of a cell. `retries`: attempts beyond the first. `recoveries`: succeeded after more than one attempt.
 * `acceptedVideoSec`: seconds of generations rated 4 or 5. The times, cost and quality are sums of what the sketches hold.
 * The codec writes them by position: append only, or raise its version.
 */
export const COUNTERS = [
  'arrivals',
  'succeeded',
  'failed',
  'blocked',
  'cancelled',
  'expired',
  'faultUser',
  'faultProvider',
  'faultHouse',
  'videosDelivered',
  'videosBlocked',
  'videoSec',
  'acceptedVideoSec',
  'costUsdMicros',
  'wasteUsdMicros',
  'possibleWasteUsdMicros',
  'chargedCredits',
  'attempts',
  'retries',
  'recoveries',
  'totalMs',
  'queueMs',
  'renderMs',
  'storeMs',
  'qualityThousandths',
  'ratings1',
  'ratings2',
  'ratings3',
  'ratings4',
  'ratings5',
] as const;
export type Counter = (typeof COUNTERS)[number];

/** The position of each counter: named where it is used, since finding it by a name in a variable costs most of a fold. */
export const AT = Object.fromEntries(COUNTERS.map((name, at) => [name, at])) as Readonly<Record<Counter, number>>;

/** The distributions of a cell, with their relative accuracy. The codec writes them in this order. */
export const SKETCHES = {
  totalMs: 0.005,
  queueMs: 0.005,
  renderMs: 0.005,
  storeMs: 0.005,
  costUsdMicros: 0.01,
  qualityThousandths: 0.01,
} as const satisfies Partial<Record<Counter, number>>;
export type SketchName = keyof typeof SKETCHES;
export const SKETCH_NAMES = Object.keys(SKETCHES) as SketchName[];

/** What is known of the generations of one provider, model and kind (or all together) in one bucket. All of it merges. */
export interface Cell {
  /** By `AT`. */
  counters: Float64Array;
  /** Generations that did not succeed, by error code. */
  errors: Map<string, number>;
  sketches: Record<SketchName, Sketch>;
  /** Those who asked. */
  users: DistinctUsers;
}

/** A cell of nothing. */
export function emptyCell(): Cell {
  return {
    counters: new Float64Array(COUNTERS.length),
    errors: new Map(),
    sketches: {
      totalMs: new Sketch(SKETCHES.totalMs),
      queueMs: new Sketch(SKETCHES.queueMs),
      renderMs: new Sketch(SKETCHES.renderMs),
      storeMs: new Sketch(SKETCHES.storeMs),
      costUsdMicros: new Sketch(SKETCHES.costUsdMicros),
      qualityThousandths: new Sketch(SKETCHES.qualityThousandths),
    },
    users: new DistinctUsers(),
  };
}

/** One integer of a cell. */
export function counter(cell: Cell, name: Counter): number {
  return cell.counters[AT[name]] ?? 0;
}

/** Adds to the generations with an error code, in place. */
export function countError(cell: Cell, code: string, n: number): void {
  cell.errors.set(code, (cell.errors.get(code) ?? 0) + n);
}

/** Adds all that is in `other` to `cell`, in place. */
export function mergeCells(cell: Cell, other: Cell): void {
  const { counters } = cell;
  for (let at = 0; at < counters.length; at++) counters[at] = (counters[at] ?? 0) + (other.counters[at] ?? 0);
  for (const [code, n] of other.errors) countError(cell, code, n);
  for (const name of SKETCH_NAMES) cell.sketches[name].merge(other.sketches[name]);
  cell.users.merge(other.users);
}

export function cloneCell({ counters, errors, sketches, users }: Cell): Cell {
  return {
    counters: counters.slice(),
    errors: new Map(errors),
    sketches: {
      totalMs: sketches.totalMs.clone(),
      queueMs: sketches.queueMs.clone(),
      renderMs: sketches.renderMs.clone(),
      storeMs: sketches.storeMs.clone(),
      costUsdMicros: sketches.costUsdMicros.clone(),
      qualityThousandths: sketches.qualityThousandths.clone(),
    },
    users: users.clone(),
  };
}

/** True where nothing was counted, or everything was taken out again. */
export function isEmpty({ counters, errors, sketches, users }: Cell): boolean {
  return (
    counters.every((n) => n === 0) &&
    Array.from(errors.values()).every((n) => n === 0) &&
    SKETCH_NAMES.every((name) => sketches[name].isEmpty()) &&
    users.isEmpty()
  );
}

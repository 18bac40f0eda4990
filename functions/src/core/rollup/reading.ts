import { TERMINAL_STATES } from '../generation/outcome.ts';
import { type Cell, type Counter, counter, type SketchName } from './cell.ts';

/** What a metric comes to. */
export interface Reading {
  /** Missing where it would rest on nothing. */
  value?: number;
  /** How many generations it rests on. */
  n: number;
}

/** Computes a metric from a cell. */
export type Read = (cell: Cell) => Reading;

const STARS = [1, 2, 3, 4, 5] as const;

/** Generations that ended. */
export function endedCount(cell: Cell): number {
  return TERMINAL_STATES.reduce((n, outcome) => n + counter(cell, outcome), 0);
}

/** How many generations were rated with each number of stars. */
export function ratingHistogram(cell: Cell): { stars: number; count: number }[] {
  return STARS.map((stars) => ({ stars, count: counter(cell, `ratings${stars}`) }));
}

/** A sum, over `n` generations; that of none is 0. */
export function sum(name: Counter, n: (cell: Cell) => number, perUnit = 1): Read {
  return (cell) => ({ value: counter(cell, name) / perUnit, n: n(cell) });
}

/** Missing where there is nothing to divide by. */
export function ratio(dividend: number, divisor: number, n: number): Reading {
  return divisor > 0 ? { value: dividend / divisor, n } : { n };
}

/** The mean of what a sketch holds: exact, from the sum. */
export function mean(name: SketchName, perUnit = 1): Read {
  return (cell) => {
    const n = cell.sketches[name].count;
    return ratio(counter(cell, name) / perUnit, n, n);
  };
}

/** The quantile of what a sketch holds. */
export function quantile(name: SketchName, q: number, perUnit = 1): Read {
  return (cell) => {
    const sketch = cell.sketches[name];
    const value = sketch.quantile(q);
    return { ...(value !== undefined && { value: value / perUnit }), n: Math.max(0, sketch.count) };
  };
}

/** Succeeded among those that ran their course. */
export function successRate(cell: Cell): Reading {
  const succeeded = counter(cell, 'succeeded');
  const n = succeeded + counter(cell, 'failed') + counter(cell, 'expired');
  return ratio(succeeded, n, n);
}

/** The cost for each of the seconds of `name`. */
export function costPer(name: 'videoSec' | 'acceptedVideoSec'): Read {
  return (cell) => ratio(counter(cell, 'costUsdMicros') / 1e6, counter(cell, name), endedCount(cell));
}

/** How many generations were rated. */
export function ratedCount(cell: Cell): number {
  return ratingHistogram(cell).reduce((n, { count }) => n + count, 0);
}

/** Stars on average. */
export function ratingMean(cell: Cell): Reading {
  const n = ratedCount(cell);
  const stars = ratingHistogram(cell).reduce((total, { stars, count }) => total + stars * count, 0);
  return ratio(stars, n, n);
}

import { ERROR_CODES } from '../generation/outcome.ts';
import { UTC } from '../rollup/bucket.ts';
import { type Cell, COUNTERS, counter } from '../rollup/cell.ts';
import type { RollupDocument } from '../rollup/document.ts';
import { addedUp, countsByBound, GENERATION_BOUNDS_MS } from './bounds.ts';
import { RisingSums } from './rising.ts';

/** The times of which there are histograms. */
export const TIMES = ['totalMs', 'queueMs', 'renderMs', 'storeMs'] as const;
export type Time = (typeof TIMES)[number];

/** Everything counted since a moment, by provider/model/kind; it only rises. */
export interface Totals {
  sinceMs: number;
  cells: Map<string, RisingSums>;
}

/** Cells that are told apart; the first come are. About 700 kB with everything in each that there can be. */
const MAX_CELLS = 250;
const OTHER = 'other/other/other';
const KNOWN_ERRORS: ReadonlySet<string> = new Set(ERROR_CODES);
const OTHER_ERROR = 'other';
/** The codes by which errors are told apart. */
export const ERROR_NAMES: readonly string[] = [...ERROR_CODES, OTHER_ERROR];

/** The name of the sum of errors of a code. */
export const errorName = (code: string) => `error.${code}`;
/** The beginning of the names of what took at most a time, which end in that bound. */
export const histogramPrefix = (time: Time) => `${time}.le.`;

/** Totals of nothing. */
export const noTotals = (sinceMs: number): Totals => ({ sinceMs, cells: new Map() });

/** Adds what documents, of one fold, have by provider/model/kind, in place. Every event is in exactly one day of UTC. */
export function addToTotals({ cells }: Totals, documents: Iterable<RollupDocument>): void {
  for (const { bucket, part, cells: added } of documents) {
    if (bucket.granularity !== '1d' || bucket.zone !== UTC || part === 'head' || part === 'style') continue;
    for (const [key, cell] of added) addCell(sumsOf(cells, key), cell);
  }
}

function sumsOf(cells: Totals['cells'], key: string): RisingSums {
  const name = cells.has(key) || cells.size < MAX_CELLS ? key : OTHER;
  const sums = cells.get(name) ?? new RisingSums();
  cells.set(name, sums);
  return sums;
}

function addCell(sums: RisingSums, cell: Cell): void {
  for (const name of COUNTERS) sums.add(name, counter(cell, name));
  for (const [code, n] of cell.errors) sums.add(errorName(KNOWN_ERRORS.has(code) ? code : OTHER_ERROR), n);
  for (const time of TIMES) {
    const counts = countsByBound(cell.sketches[time], GENERATION_BOUNDS_MS);
    // Added up before they rise: what is corrected into another part is still one.
    for (const [bound, n] of addedUp(counts, GENERATION_BOUNDS_MS)) sums.add(histogramPrefix(time) + bound, n);
  }
}

interface StoredTotals {
  sinceMs: number;
  cells: Record<string, ReturnType<RisingSums['toJSON']>>;
}

/** Totals as text, to be stored. */
export function encodeTotals({ sinceMs, cells }: Totals): string {
  const stored = { sinceMs, cells: Object.fromEntries(Array.from(cells, ([key, sums]) => [key, sums.toJSON()])) };
  return JSON.stringify(stored satisfies StoredTotals);
}

/** The totals that `encodeTotals` wrote. */
export function decodeTotals(text: string): Totals {
  const { sinceMs, cells }: StoredTotals = JSON.parse(text);
  return { sinceMs, cells: new Map(Object.entries(cells).map(([key, json]) => [key, RisingSums.from(json)])) };
}

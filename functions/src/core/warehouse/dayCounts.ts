import { type Cell, counter } from '../rollup/cell.ts';
import { contributionsOf, type RollupEvent } from '../rollup/contribution.ts';

/** What is compared of a day and cell. */
export const COMPARED = [
  ...(['arrivals', 'succeeded', 'failed', 'blocked', 'cancelled', 'expired'] as const),
  ...(['costUsdMicros', 'videoSec'] as const),
] as const;
export type Compared = (typeof COMPARED)[number];

/** What UTC days came to, by day (`2026-11-21`) and cell key. */
export type DayCounts = Map<string, Map<string, Record<Compared, number>>>;

/** A number that is not the same on both sides. */
export interface Difference {
  day: string;
  cellKey: string;
  measure: Compared;
  warehouse: number;
  rollups: number;
}

/** What is counted in a day's cell so far, to be added to. */
function countsAt(counts: DayCounts, day: string, cellKey: string): Record<Compared, number> {
  const cells = counts.get(day) ?? new Map();
  counts.set(day, cells);
  const found = cells.get(cellKey) ?? Object.fromEntries(COMPARED.map((name) => [name, 0]));
  cells.set(cellKey, found);
  return found;
}

/** Adds what a row of `warehouse/day_counts` says. */
export function addRow(counts: DayCounts, row: { day: string; cellKey: string } & Record<Compared, number>): void {
  const to = countsAt(counts, row.day, row.cellKey);
  for (const name of COMPARED) to[name] += row[name];
}

/** Adds the cells of a day, as the rollups have them. */
export function addCells(counts: DayCounts, day: string, cells: ReadonlyMap<string, Cell>): void {
  for (const [cellKey, cell] of cells) {
    const to = countsAt(counts, day, cellKey);
    for (const name of COMPARED) to[name] += counter(cell, name);
  }
}

/** Adds what an event adds to one day, as the fold would. */
export function addEvent(counts: DayCounts, day: string, event: RollupEvent): void {
  for (const { atMs, cellKey, fact } of contributionsOf(event)) {
    if (new Date(atMs).toISOString().slice(0, 10) !== day) continue;
    const to = countsAt(counts, day, cellKey);
    if (fact.kind === 'arrival') to.arrivals += 1;
    if (fact.kind === 'end') {
      to[fact.outcome] += 1;
      to.costUsdMicros += fact.measures.costUsdMicros;
      to.videoSec += fact.measures.videoSec;
    }
    if (fact.kind === 'correction') {
      for (const { measure, from, to: is } of fact.changes) {
        if (measure === 'costUsdMicros' || measure === 'videoSec') to[measure] += is - (from ?? 0);
      }
    }
  }
}

/** Where the two differ on these days, by day, cell and measure; a cell that one of them lacks is one of zeros. */
export function differencesOf(days: readonly string[], warehouse: DayCounts, rollups: DayCounts): Difference[] {
  const differences: Difference[] = [];
  for (const day of days) {
    const [ours, theirs] = [warehouse.get(day), rollups.get(day)];
    for (const cellKey of [...new Set([...(ours?.keys() ?? []), ...(theirs?.keys() ?? [])])].sort()) {
      for (const measure of COMPARED) {
        const [was, is] = [ours?.get(cellKey)?.[measure] ?? 0, theirs?.get(cellKey)?.[measure] ?? 0];
        if (was !== is) differences.push({ day, cellKey, measure, warehouse: was, rollups: is });
      }
    }
  }
  return differences;
}

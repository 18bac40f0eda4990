import { AT, type Cell, COUNTERS, countError, emptyCell, SKETCHES, type SketchName } from '../rollup/cell.ts';
import { DistinctUsers, REGISTERS, userOf } from '../rollup/distinct.ts';
import { providerOf } from '../rollup/document.ts';
import { mergeAll } from '../rollup/openBucket.ts';
import { Sketch } from '../rollup/sketch.ts';
import type { Selection } from './select.ts';

/** What a row of the warehouse is about: a stretch of time by its place among the bounds, and a total, cell or style. */
interface Subject {
  place: number;
  subject: string;
}

/** A row of `history/ends`: the counters of a cell by their names in SQL. */
export type EndsRow = Subject & { error_code: string | null; ended: number } & Record<string, unknown>;

/** A row of `history/sketches`. */
export interface SketchRow extends Subject {
  measure: SketchName;
  bins: string;
}

/** A row of `history/arrivals`. */
export interface ArrivalsRow extends Subject {
  arrivals: number;
  users: string | null;
  registers: string | null;
}

/** What the warehouse tells of some stretches of time. */
export interface HistoryRows {
  ends: readonly EndsRow[];
  sketches: readonly SketchRow[];
  arrivals: readonly ArrivalsRow[];
}

/** 1 ÷ ln γ of the sketches of times, and of cost and quality. */
export const BINS_PER_E = {
  time: new Sketch(SKETCHES.totalMs).binsPerE,
  value: new Sketch(SKETCHES.costUsdMicros).binsPerE,
};

const columnOf = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
/** Arrivals come with their users. */
const COUNTER_COLUMNS = COUNTERS.filter((name) => name !== 'arrivals').map(
  (name) => [AT[name], columnOf(name)] as const,
);

/** The cells of each place by total, provider/model/kind or style: the same that rollups of the same generations have. */
export function cellsOfRows({ ends, sketches, arrivals }: HistoryRows): Map<number, Map<string, Cell>> {
  const places = new Map<number, Map<string, Cell>>();
  for (const row of ends) addEnds(cellFor(places, row), row);
  for (const row of sketches) addBins(cellFor(places, row).sketches[row.measure], row.bins);
  for (const row of arrivals) addArrivals(cellFor(places, row), row);
  return places;
}

/** The cells that a selection has, of what `cellsOfRows` gives for a place. */
export function selectedOf(cells: ReadonlyMap<string, Cell>, { keys, has }: Selection): Map<string, Cell> {
  const named = keys === 'provider' ? byProvider(cells) : cells;
  return new Map([...named].filter(([key]) => has(key)));
}

/** How the rows of a selection are grouped in SQL. */
export const groupedBy = ({ keys }: Selection): 'total' | 'cell' | 'style' => (keys === 'provider' ? 'cell' : keys);

function byProvider(cells: ReadonlyMap<string, Cell>): Map<string, Cell> {
  const sums = new Map<string, Cell>();
  for (const [key, cell] of cells) mergeAll(sums, new Map([[providerOf(key), cell]]));
  return sums;
}

function cellFor(places: Map<number, Map<string, Cell>>, { place, subject }: Subject): Cell {
  const cells = places.get(place) ?? new Map<string, Cell>();
  places.set(place, cells);
  const cell = cells.get(subject) ?? emptyCell();
  cells.set(subject, cell);
  return cell;
}

function addEnds(cell: Cell, row: EndsRow): void {
  for (const [at, column] of COUNTER_COLUMNS) cell.counters[at] = (cell.counters[at] ?? 0) + Number(row[column]);
  if (row.error_code !== null) countError(cell, row.error_code, row.ended);
}

const ZEROS = -1;

function addBins(sketch: Sketch, bins: string): void {
  for (const [index, count] of pairsOf(bins)) {
    if (index === ZEROS) sketch.add(0, count);
    else sketch.addToBin(index, count);
  }
}

function addArrivals(cell: Cell, { arrivals, users, registers }: ArrivalsRow): void {
  cell.counters[AT.arrivals] = (cell.counters[AT.arrivals] ?? 0) + arrivals;
  for (const name of users?.split(' ') ?? []) {
    const user = userOf(name);
    if (user !== undefined) cell.users.add(user);
  }
  if (registers === null) return;
  const ranks = new Uint8Array(REGISTERS);
  for (const [register, rank] of pairsOf(registers)) ranks[register] = rank;
  cell.users.merge(DistinctUsers.ofRegisters(ranks));
}

/** Of `12:3 15:1`. */
const pairsOf = (text: string): [number, number][] =>
  text.split(' ').map((pair) => {
    const at = pair.indexOf(':');
    return [Number(pair.slice(0, at)), Number(pair.slice(at + 1))];
  });

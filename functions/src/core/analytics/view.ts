import { type Cell, emptyCell, mergeCells } from '../rollup/cell.ts';
import { METRICS, type Metric } from '../rollup/metrics.ts';
import { readMetrics, readRatings, readUsers } from '../rollup/read.ts';
import { ratingHistogram } from '../rollup/reading.ts';

/** A number of an answer; `value` is null where it would rest on nothing. */
export interface MetricView {
  value: number | null;
  unit: Metric['unit'];
  n: number;
}

/** How a number differs from that of the period before. */
export interface Change {
  difference: number | null;
  /** The difference ÷ the value before. */
  ratio: number | null;
}

/** The metrics of a cell by name, each with its unit and sample size; of no cell every value is null. */
export function numbersOf(cell: Cell | undefined, metrics: readonly Metric[] = METRICS): Record<string, MetricView> {
  const read = Object.entries(readMetrics(cell, metrics));
  return Object.fromEntries(read.map(([name, { value, unit, n }]) => [name, { value: value ?? null, unit, n }]));
}

/** All that is known of a cell: its metrics, its users and its ratings. */
export function wholeView(cell: Cell | undefined) {
  const users = readUsers(cell);
  return {
    ...numbersOf(cell),
    users: { value: users?.value ?? null, unit: 'count' as const, n: users?.n ?? 0, exact: users?.exact ?? true },
    ratings: readRatings(cell) ?? { unit: 'count' as const, n: 0, histogram: ratingHistogram(emptyCell()) },
  };
}

/** The metrics about money: costs and what they bought. */
export const COST_METRICS: readonly Metric[] = METRICS.filter(
  ({ name, unit }) =>
    ['usd', 'usd/s', 'credits'].includes(unit) || ['ended', 'videoSec', 'acceptedVideoSec'].includes(name),
);

/** How each number of one period differs from that of another, by name. */
export function changesOf(now: object, before: object): Record<string, Change> {
  const earlier = new Map(Object.entries(before));
  return Object.fromEntries(
    Object.entries(now).flatMap(([name, number]) => {
      const [a, b] = [numberIn(number), numberIn(earlier.get(name))];
      return a === undefined ? [] : [[name, changeOf(a, b ?? null)]];
    }),
  );
}

function changeOf(now: number | null, before: number | null): Change {
  if (now === null || before === null) return { difference: null, ratio: null };
  return { difference: now - before, ratio: before === 0 ? null : (now - before) / before };
}

/** The value of a number; undefined for what is none, such as the histogram of ratings. */
function numberIn(number: unknown): number | null | undefined {
  return typeof number === 'object' && number !== null && 'value' in number ? (number as MetricView).value : undefined;
}

/** Cells added up; of none a cell of nothing. */
export function sumOf(cells: Iterable<Cell>): Cell {
  const sum = emptyCell();
  for (const cell of cells) mergeCells(sum, cell);
  return sum;
}

/** Whether something was asked for or ended. */
export const hasWork = (cell: Cell) => cell.counters.some((n) => n !== 0);

import { type Breakdown, type Group, groupOf } from '../../core/analytics/groups.ts';
import type { Period } from '../../core/analytics/period.ts';
import { type Filters, rowSelection, totalSelection } from '../../core/analytics/select.ts';
import { type TrendGranularity, type TrendPeriod, trendPeriods } from '../../core/analytics/trendPeriods.ts';
import { hasWork, sumOf } from '../../core/analytics/view.ts';
import { AppError } from '../../core/errors.ts';
import { canonicalJson } from '../../core/hash.ts';
import { type Cell, counter } from '../../core/rollup/cell.ts';
import { type AsOf, modelsByName } from './context.ts';
import { type Found, readCells } from './history.ts';

/** The cells of one group, by period; undefined for a period of which nothing is known yet. */
interface GroupSeries {
  group: Group;
  cells: (Cell | undefined)[];
}

/** What of a period is asked for. */
export interface SeriesQuestion extends Filters {
  granularity: TrendGranularity;
  by: Breakdown | 'none';
}

/** A period cut into smaller ones, and what was found of each, by group. */
export interface Series {
  periods: TrendPeriod[];
  found: Found;
  groups: Map<string, GroupSeries>;
}

/** Reads a series. Throws AppError `invalid_request`, also for more than 400 periods. */
export async function seriesOf(
  asOf: AsOf,
  period: Period,
  { granularity, by, ...filters }: SeriesQuestion,
): Promise<Series> {
  const periods = trendPeriods(period, granularity);
  if (by !== 'none' && filters.style !== undefined) throw STYLES_ALONE;
  const selection = by === 'none' ? totalSelection(filters, modelsByName()) : rowSelection(filters, by, modelsByName());
  const found = await readCells(asOf, period.zone, periods, selection);
  return { periods, found, groups: by === 'none' ? inTotal(found) : grouped(found, by) };
}

const STYLES_ALONE = new AppError('invalid_request', 'Styles are counted by themselves.', [
  { path: 'style', message: 'not by provider, model or kind' },
]);

const inTotal = ({ cells }: Found): Map<string, GroupSeries> =>
  new Map([['', { group: {}, cells: cells.map((known) => known && sumOf(known.values())) }]]);

/** Those with most arrivals first. In a known period a group without a cell has one of nothing. */
function grouped({ cells }: Found, by: Breakdown): Map<string, GroupSeries> {
  const groups = new Map<string, { group: Group; parts: Cell[][] }>();
  for (const [at, known] of cells.entries()) {
    for (const [key, cell] of known ?? []) {
      const group = groupOf(key, by);
      const name = canonicalJson(group);
      const parts = groups.get(name)?.parts ?? cells.map(() => []);
      parts[at]?.push(cell);
      groups.set(name, { group, parts });
    }
  }
  const summed = [...groups].map(([name, { group, parts }]) => {
    const series = parts.map((some, at) => cells[at] && sumOf(some));
    return { name, group, cells: series, total: sumOfKnown(series) ?? sumOf([]) };
  });
  const byArrivals = summed
    .filter(({ total }) => hasWork(total))
    .sort((a, b) => counter(b.total, 'arrivals') - counter(a.total, 'arrivals') || (a.name < b.name ? -1 : 1));
  return new Map(byArrivals.map(({ name, group, cells: series }) => [name, { group, cells: series }]));
}

/** What is known, added up; undefined where nothing is. */
export function sumOfKnown(cells: readonly (Cell | undefined)[]): Cell | undefined {
  const known = cells.filter((cell) => cell !== undefined);
  return known.length > 0 ? sumOf(known) : undefined;
}

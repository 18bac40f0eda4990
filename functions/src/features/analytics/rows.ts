import { type Breakdown, type Group, groupOf } from '../../core/analytics/groups.ts';
import type { Period } from '../../core/analytics/period.ts';
import { previousPeriod } from '../../core/analytics/previousPeriod.ts';
import { rowSelection } from '../../core/analytics/select.ts';
import { changesOf, hasWork, sumOf } from '../../core/analytics/view.ts';
import { canonicalJson } from '../../core/hash.ts';
import { type Cell, counter } from '../../core/rollup/cell.ts';
import { type AsOf, filtersOf, modelsByName, periodFor, type Question } from './context.ts';
import { type Found, readCells } from './history.ts';
import { rangeView } from './rangeView.ts';
import type { Compare } from './summary.ts';

export type RowsQuestion = Question & { by: Breakdown; compare: Compare };

interface Row {
  group: Group;
  cell: Cell;
}

/**
 * A period by provider, model or kind, most arrivals first, and its total; `view` says which numbers. Throws AppError
 * `invalid_request`.
 */
export async function rows<V extends object>(asOf: AsOf, question: RowsQuestion, view: (cell: Cell | undefined) => V) {
  const { by, compare } = question;
  const period = periodFor(question, asOf);
  const before = previousPeriod(period, (asOf.through ?? new Date(0)).getTime());
  const [found, foundBefore] = await Promise.all([
    cellsOf(asOf, period, question),
    compare === 'previous' ? cellsOf(asOf, before, question) : undefined,
  ]);
  const now = rowsOf(found, question);
  const metrics = view(totalOf(found, now));
  const answer = { range: rangeView(period, asOf, found), filters: filtersOf(question), by, metrics };
  if (!foundBefore) {
    return { ...answer, rows: [...now.values()].map(({ group, cell }) => ({ ...group, metrics: view(cell) })) };
  }
  const then = rowsOf(foundBefore, question);
  const earlier = view(totalOf(foundBefore, then));
  return {
    ...answer,
    rows: [...now].map(([key, { group, cell }]) => {
      const [current, previous] = [view(cell), view(then.get(key)?.cell ?? sumOf([]))];
      return { ...group, metrics: current, previous: { metrics: previous, changes: changesOf(current, previous) } };
    }),
    previous: { range: rangeView(before, asOf, foundBefore), metrics: earlier, changes: changesOf(metrics, earlier) },
  };
}

async function cellsOf(asOf: AsOf, period: Period, { by, ...filters }: RowsQuestion): Promise<Found> {
  const { fromMs: startMs, toMs: endMs, zone } = period;
  return readCells(asOf, zone, [{ startMs, endMs }], rowSelection(filters, by, modelsByName()));
}

function rowsOf({ cells: [cells] }: Found, { by }: RowsQuestion): Map<string, Row> {
  const groups = new Map<string, { group: Group; cells: Cell[] }>();
  for (const [key, cell] of cells ?? []) {
    const group = groupOf(key, by);
    const name = canonicalJson(group);
    const known = groups.get(name) ?? { group, cells: [] };
    known.cells.push(cell);
    groups.set(name, known);
  }
  const found = [...groups].map(([name, { group, cells }]) => [name, { group, cell: sumOf(cells) }] as const);
  return new Map(
    found
      .filter(([, { cell }]) => hasWork(cell))
      .sort(([a, { cell: x }], [b, { cell: y }]) => {
        return counter(y, 'arrivals') - counter(x, 'arrivals') || (a < b ? -1 : 1);
      }),
  );
}

function totalOf({ cells: [known] }: Found, found: ReadonlyMap<string, Row>): Cell | undefined {
  return known && sumOf([...found.values()].map(({ cell }) => cell));
}

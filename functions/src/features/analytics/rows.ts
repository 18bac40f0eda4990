import { type Breakdown, type Group, groupOf } from '../../core/analytics/groups.ts';
import { type Period, previousPeriod } from '../../core/analytics/period.ts';
import { rowSelection } from '../../core/analytics/select.ts';
import { wholeSlot } from '../../core/analytics/slots.ts';
import { changesOf, hasWork, sumOf } from '../../core/analytics/view.ts';
import { canonicalJson } from '../../core/hash.ts';
import { type Cell, counter } from '../../core/rollup/cell.ts';
import { readSlots } from '../aggregation/index.ts';
import { isKnown } from './cells.ts';
import { type AsOf, filtersOf, kept, modelsByName, periodFor, type Question, rangeView } from './context.ts';
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
  const now = await rowsOf(period, question);
  const metrics = view(totalOf(asOf, period, now));
  const answer = { range: rangeView(period, asOf), filters: filtersOf(question), by, metrics };
  if (compare === 'none') {
    return { ...answer, rows: [...now.values()].map(({ group, cell }) => ({ ...group, metrics: view(cell) })) };
  }
  const before = previousPeriod(period, (asOf.through ?? new Date(0)).getTime());
  const then = await rowsOf(before, question);
  const earlier = view(totalOf(asOf, before, then));
  return {
    ...answer,
    rows: [...now].map(([key, { group, cell }]) => {
      const [current, previous] = [view(cell), view(then.get(key)?.cell ?? sumOf([]))];
      return { ...group, metrics: current, previous: { metrics: previous, changes: changesOf(current, previous) } };
    }),
    previous: { range: rangeView(before, asOf), metrics: earlier, changes: changesOf(metrics, earlier) },
  };
}

async function rowsOf(period: Period, { by, ...filters }: RowsQuestion): Promise<Map<string, Row>> {
  const [cells] = await readSlots([wholeSlot(period, kept())], rowSelection(filters, by, modelsByName()));
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

function totalOf(asOf: AsOf, { fromMs }: Period, found: ReadonlyMap<string, Row>): Cell | undefined {
  return isKnown(asOf, fromMs) ? sumOf([...found.values()].map(({ cell }) => cell)) : undefined;
}

import type { Period } from '../../core/analytics/period.ts';
import { type Filters, totalSelection } from '../../core/analytics/select.ts';
import type { Slot } from '../../core/analytics/slots.ts';
import { sumOf } from '../../core/analytics/view.ts';
import type { Cell } from '../../core/rollup/cell.ts';
import { readSlots } from '../aggregation/index.ts';
import { type AsOf, modelsByName } from './context.ts';
import { readCells, totalsIn } from './history.ts';
import { type RangeView, rangeView } from './rangeView.ts';

/** The cell of everything that the filters leave of a period; undefined for one that nothing is known of yet. */
export async function totalOf(
  asOf: AsOf,
  period: Period,
  filters: Filters,
): Promise<{ cell: Cell | undefined; range: RangeView }> {
  const { fromMs: startMs, toMs: endMs, zone } = period;
  const found = await readCells(asOf, zone, [{ startMs, endMs }], totalSelection(filters, modelsByName()));
  return { cell: totalsIn(found)[0], range: rangeView(period, asOf, found) };
}

/** The same for each of some stretches of time, from buckets alone. */
export async function totalsOf(asOf: AsOf, slots: readonly Slot[], filters: Filters): Promise<(Cell | undefined)[]> {
  const found = await readSlots(slots, totalSelection(filters, modelsByName()));
  return slots.map(({ startMs }, i) => (isKnown(asOf, startMs) ? sumOf(found[i]?.values() ?? []) : undefined));
}

function isKnown({ through }: AsOf, startMs: number): boolean {
  return through !== undefined && startMs < through.getTime();
}

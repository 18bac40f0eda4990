import type { Period } from '../../core/analytics/period.ts';
import { type Filters, totalSelection } from '../../core/analytics/select.ts';
import { type Slot, wholeSlot } from '../../core/analytics/slots.ts';
import { sumOf } from '../../core/analytics/view.ts';
import type { Cell } from '../../core/rollup/cell.ts';
import { readSlots } from '../aggregation/index.ts';
import { type AsOf, kept, modelsByName } from './context.ts';

/** The cell of everything that the filters leave of a period; undefined for one that nothing is known of yet. */
export async function totalOf(asOf: AsOf, period: Period, filters: Filters): Promise<Cell | undefined> {
  const [total] = await totalsOf(asOf, [wholeSlot(period, kept())], filters);
  return total;
}

/** The same for each of some stretches of time. */
export async function totalsOf(asOf: AsOf, slots: readonly Slot[], filters: Filters): Promise<(Cell | undefined)[]> {
  const found = await readSlots(slots, totalSelection(filters, modelsByName()));
  return slots.map(({ startMs }, i) => (isKnown(asOf, startMs) ? sumOf(found[i]?.values() ?? []) : undefined));
}

/** Whether anything of what begins at a moment is counted. */
export function isKnown({ through }: AsOf, startMs: number): boolean {
  return through !== undefined && startMs < through.getTime();
}

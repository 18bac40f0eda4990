import type { Group } from '../../core/alert/observation.ts';
import type { Rule } from '../../core/alert/rule.ts';
import type { Filters } from '../../core/analytics/select.ts';
import { wholeSlot } from '../../core/analytics/slots.ts';
import { AppError } from '../../core/errors.ts';
import { UTC } from '../../core/rollup/bucket.ts';
import type { Cell } from '../../core/rollup/cell.ts';
import { type AsOf, kept, totalsOf } from '../analytics/index.ts';

/** What of the rollups an episode is about. */
export function filtersFor({ provider, model, kind }: Group, rule: Rule | undefined): Filters {
  const narrowed = { ...rule?.filters, ...(provider && { provider }), ...(model && { model }), ...(kind && { kind }) };
  return narrowed as Filters;
}

/** The total of a stretch of time; undefined where it is not known, or no longer that finely. */
export async function totalBetween(
  asOf: AsOf,
  fromMs: number,
  toMs: number,
  filters: Filters,
): Promise<Cell | undefined> {
  try {
    const slot = wholeSlot({ fromMs, toMs, zone: UTC }, kept());
    return (await totalsOf(asOf, [slot], filters))[0];
  } catch (error) {
    // Minutes are kept for two days, quarters of an hour for 120: what is older is shown without its numbers.
    if (error instanceof AppError && error.code === 'invalid_request') return undefined;
    throw error;
  }
}

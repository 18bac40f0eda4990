import { type Period, periodOf, RANGES, type RangeName } from '../../core/analytics/period.ts';
import { totalSelection } from '../../core/analytics/select.ts';
import { wholeSlot } from '../../core/analytics/slots.ts';
import { UTC } from '../../core/rollup/bucket.ts';
import { type Cell, emptyCell } from '../../core/rollup/cell.ts';
import { decodeCells, encodeCells } from '../../core/rollup/codec.ts';
import { TOTAL } from '../../core/rollup/document.ts';
import { now } from '../../platform/clock.ts';
import { type LatestRollups, latestRollups, saveLatestRollups } from '../../platform/latestRollups.ts';
import type { AggregationState } from '../../platform/rollups.ts';
import { readSlots } from './readSlots.ts';

type AsOf = Pick<AggregationState, 'version' | 'through'>;

/**
 * Keeps the totals of the last 24 hours, 7 and 30 days of UTC in one document, as of the state that a tick has reached. They
 * are added up anew when the tick counted something, the buckets were changed otherwise, or another hour has begun.
 */
export async function writeLatest({ version, through }: AsOf, countedSomething: boolean): Promise<void> {
  const stored = await latestRollups();
  const periods = RANGES.map((range) => [range, periodOf({ range }, UTC, through.getTime())] as const);
  const isSame = stored?.version === version - 1 && periods.every(([range, period]) => isOf(stored, range, period));
  const ranges = stored && isSame && !countedSomething ? stored.ranges : await rangesOf(periods);
  await saveLatestRollups({ version, through, ranges });
}

/** The total of a named range of UTC, if it is kept as of exactly this state. A read. */
export async function latestTotal({ version, through }: AsOf, range: RangeName): Promise<Cell | undefined> {
  const stored = await latestRollups();
  if (stored?.version !== version || !isOf(stored, range, periodOf({ range }, UTC, through.getTime())))
    return undefined;
  const { cells } = stored.ranges[range] ?? {};
  return cells && (decodeCells(cells).get(TOTAL) ?? emptyCell());
}

function isOf(stored: LatestRollups, range: RangeName, { fromMs, toMs }: Period): boolean {
  const { from, to } = stored.ranges[range] ?? {};
  return from?.getTime() === fromMs && to?.getTime() === toMs;
}

async function rangesOf(periods: readonly (readonly [RangeName, Period])[]): Promise<LatestRollups['ranges']> {
  const kept = { zones: [], nowMs: now().getTime() };
  const slots = periods.map(([, period]) => wholeSlot(period, kept));
  const totals = await readSlots(slots, totalSelection({}, new Set()));
  return Object.fromEntries(
    periods.map(([range, { fromMs, toMs }], i) => [
      range,
      { from: new Date(fromMs), to: new Date(toMs), cells: encodeCells(totals[i] ?? new Map()) },
    ]),
  );
}

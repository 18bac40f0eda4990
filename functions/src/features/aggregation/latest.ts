import { addedTo } from '../../core/analytics/latest.ts';
import { type Period, periodOf, RANGES, type RangeName } from '../../core/analytics/period.ts';
import { totalSelection } from '../../core/analytics/select.ts';
import { wholeSlot } from '../../core/analytics/slots.ts';
import { UTC } from '../../core/rollup/bucket.ts';
import { type Cell, emptyCell } from '../../core/rollup/cell.ts';
import { decodeCells, encodeCells } from '../../core/rollup/codec.ts';
import { TOTAL } from '../../core/rollup/document.ts';
import { mergeAll } from '../../core/rollup/openBucket.ts';
import { decodeTotals, type Totals } from '../../core/scrape/totals.ts';
import { now } from '../../platform/clock.ts';
import { type LatestRollups, latestRollups } from '../../platform/latestRollups.ts';
import type { AggregationState } from '../../platform/rollups.ts';
import { servedRollupVersion } from '../../platform/rollupVersions.ts';
import type { DocumentsById } from './fold.ts';
import { readSlots } from './readSlots.ts';
import { withAdded } from './totals.ts';

/** Of a state, what tells which latest ranges belong to it. */
export type LatestAsOf = Pick<AggregationState, 'bucketsVersion' | 'through'>;

/**
 * The totals of the last 24 hours, 7 and 30 days of UTC as of the state that a step leads to, to be written with it; undefined
 * where they are as they were. To what is kept the documents are added that the step adds to the buckets. A range is read anew
 * from the buckets, as they are before the step, when it has moved on with the hour or the day, or when buckets were changed
 * otherwise since it was written. The totals of everything ever counted are with them.
 */
export async function latestAfter(
  rollupVersion: number,
  before: AggregationState,
  after: AggregationState,
  added: DocumentsById,
): Promise<LatestRollups | undefined> {
  const isUpToDate = before.latestVersion === before.bucketsVersion;
  const earlier = new Map(periodsAt(before.through));
  const haveMoved = periodsAt(after.through).some(([range, period]) => earlier.get(range)?.toMs !== period.toMs);
  if (isUpToDate && !haveMoved && before.bucketsVersion === after.bucketsVersion) return undefined;
  const stored = await latestRollups(rollupVersion);
  const sums = await sumsBefore(rollupVersion, isUpToDate ? stored : undefined, after.through);
  const ranges = sums.map(({ range, period, cells }) => {
    mergeAll(cells, addedTo(range, period, added.values()));
    const [from, to] = [new Date(period.fromMs), new Date(period.toMs)];
    return [range, { from, to, cells: encodeCells(cells) }] as const;
  });
  const totals = withAdded(stored, added);
  return { bucketsVersion: after.bucketsVersion, ranges: Object.fromEntries(ranges), totals };
}

/** The total of a named range of UTC, if it is kept as of exactly this state. A read. */
export async function latestTotal(asOf: LatestAsOf, range: RangeName): Promise<Cell | undefined> {
  return totalIn(await latestRollups(servedRollupVersion()), asOf, range);
}

/** The total of the last day of UTC, if it is kept as of this state, and everything ever counted. A read. */
export async function latestDayAndTotals(
  asOf: LatestAsOf,
): Promise<{ day: Cell | undefined; totals: Totals | undefined }> {
  const stored = await latestRollups(servedRollupVersion());
  return { day: totalIn(stored, asOf, '24h'), totals: stored?.totals ? decodeTotals(stored.totals) : undefined };
}

function totalIn(stored: LatestRollups | undefined, asOf: LatestAsOf, range: RangeName): Cell | undefined {
  const period = new Map(periodsAt(asOf.through)).get(range);
  const cells = stored?.bucketsVersion === asOf.bucketsVersion && period && cellsOf(stored, range, period);
  return cells ? (cells.get(TOTAL) ?? emptyCell()) : undefined;
}

function periodsAt(through: Date): [RangeName, Period][] {
  return RANGES.map((range) => [range, periodOf({ range }, UTC, through.getTime())]);
}

/** The cells of a range where they are kept for this period. */
function cellsOf(kept: LatestRollups, range: RangeName, { fromMs, toMs }: Period): Map<string, Cell> | undefined {
  const { from, to, cells } = kept.ranges[range] ?? {};
  return cells && from?.getTime() === fromMs && to?.getTime() === toMs ? decodeCells(cells) : undefined;
}

/** Each range's total without what is about to be added: what is kept, or read anew. */
async function sumsBefore(
  rollupVersion: number,
  kept: LatestRollups | undefined,
  through: Date,
): Promise<{ range: RangeName; period: Period; cells: Map<string, Cell> }[]> {
  const known = periodsAt(through).map(([range, period]) => {
    return { range, period, cells: kept && cellsOf(kept, range, period) };
  });
  const anew = known.filter(({ cells }) => !cells);
  const options = { zones: [], nowMs: now().getTime() };
  const slots = anew.map(({ period }) => wholeSlot(period, options));
  const read = await readSlots(slots, totalSelection({}, new Set()), rollupVersion);
  const sums = new Map(anew.map(({ range }, i) => [range, read[i]]));
  return known.map(({ range, period, cells }) => ({ range, period, cells: cells ?? sums.get(range) ?? new Map() }));
}

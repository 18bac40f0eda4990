import type { InsightDocument } from '../../core/insights/document.ts';
import { addDays, dateOf, msOf, periodsBetween } from '../../core/insights/period.ts';
import { type InsightCollection, insightsOf } from '../../platform/insights.ts';
import { readInsights } from './read.ts';
import type { InsightState } from './state.ts';

/** The day before yesterday's end is the oldest that still counts as the latest: days close an hour or two after midnight. */
const LATEST_DAYS = 2;

/**
 * A part of the latest UTC days that are over and computed, oldest first: `count` of them, or none where the latest is older than
 * the day before yesterday. Days without a document are computed from the warehouse. Throws AppError as `readInsights`.
 */
export async function closedDays(
  collection: InsightCollection,
  part: string,
  count: number,
  { through }: InsightState,
  now: Date,
): Promise<InsightDocument[]> {
  const today = dateOf(now.getTime());
  const recent = await insightsOf(collection, periodsBetween('day', addDays(today, -LATEST_DAYS), today));
  const latest = recent.findLast(({ isClosed, metrics }) => isClosed && part in metrics);
  if (!latest) return [];
  const days = periodsBetween('day', addDays(latest.end, -count), latest.end);
  const { documents } = await readInsights(collection, days, through, [part]);
  const isWhole = ({ metrics, partsThrough, end }: InsightDocument) =>
    part in metrics && (partsThrough[part]?.getTime() ?? 0) >= msOf(end);
  return documents.length === count && documents.every(isWhole) ? documents : [];
}

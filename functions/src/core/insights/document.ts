import { canonicalJson } from '../hash.ts';
import { addDays, type InsightGranularity, type InsightPeriod, msOf, periodId } from './period.ts';

/** What is known of one period, in parts that are computed apart; a part that is not known is not there. */
export interface InsightDocument {
  /** The period's, such as `week_2026-11-16`. */
  id: string;
  granularity: InsightGranularity;
  /** UTC dates; the end is the day after the last. */
  start: string;
  end: string;
  zone: 'UTC';
  /** When its content last changed. */
  computedAt: Date;
  /** Everything recorded up to here is in it: the least of its parts, no later than its end. */
  through: Date;
  /** Whether that is all of the period. */
  isClosed: boolean;
  /** What each part found: plain values, no dates. */
  metrics: Record<string, object>;
  /** Up to where each part is complete, no later than when it stands still. */
  partsThrough: Record<string, Date>;
}

/** What a part found of a period; undefined: it failed. */
export interface PartFound {
  part: string;
  found: object | undefined;
  /** Everything recorded up to here was there to be found. */
  through: Date;
  /** How long after the end of a period the part may still change. */
  settlesAfterDays: number;
}

/**
 * The document with these parts in the place of what was found before; undefined where it says the same already. A part that was
 * found later is kept, so that runs may overtake each other. One that failed and was never found is known up to the first moment of
 * the period, so that the document is not taken for complete.
 */
export function withParts(
  before: InsightDocument | undefined,
  period: InsightPeriod,
  parts: readonly PartFound[],
  computedAt: Date,
): InsightDocument | undefined {
  const { granularity, start, end } = period;
  const metrics = { ...before?.metrics };
  const partsThrough = { ...before?.partsThrough };
  for (const { part, found, through, settlesAfterDays } of parts) {
    const reached = found ? earlier(through, new Date(msOf(addDays(end, settlesAfterDays)))) : new Date(msOf(start));
    if ((partsThrough[part]?.getTime() ?? 0) > reached.getTime()) continue;
    if (found) metrics[part] = found;
    partsThrough[part] = reached;
  }
  if (before && contentOf(before) === contentOf({ metrics, partsThrough })) return undefined;
  const through = Object.values(partsThrough).reduce(earlier, new Date(msOf(end)));
  const isClosed = through.getTime() === msOf(end);
  return {
    ...{ id: periodId(period), granularity, start, end, zone: 'UTC' },
    ...{ computedAt, through, isClosed, metrics, partsThrough },
  };
}

const earlier = (a: Date, b: Date): Date => (a.getTime() < b.getTime() ? a : b);

function contentOf({ metrics, partsThrough }: Pick<InsightDocument, 'metrics' | 'partsThrough'>): string {
  const through = Object.entries(partsThrough).map(([part, date]) => [part, date.getTime()]);
  return canonicalJson({ metrics, through: Object.fromEntries(through) });
}

import { type InsightGranularity, type InsightPeriod, msOf } from '../../core/insights/period.ts';
import type { InsightCollection } from '../../platform/insights.ts';

/** The periods that a part is computed for, at once. */
export interface InsightWindow {
  periods: readonly InsightPeriod[];
  /** From the first moment of all periods up to, and not with, the first after the last. */
  from: Date;
  to: Date;
  /** Everything recorded up to here is in the warehouse. */
  through: Date;
}

/** One part of a collection's documents: a few queries of the warehouse that answer many periods at once. */
export interface Computation {
  collection: InsightCollection;
  part: string;
  granularities: readonly InsightGranularity[];
  /** Days after the end of a period until nothing new is expected of it. */
  settlesAfterDays: number;
  /** There are periods of which it is never known: a document is complete without it. */
  mayBeUnknown?: true;
  /** What there is of each period, by its key; a period that is not in the answer has nothing. Throws QueryFailed. */
  compute(window: InsightWindow): Promise<ReadonlyMap<string, object>>;
}

/** What stands for a period in queries: `2026-11-16/2026-11-23`. */
export const periodKey = ({ start, end }: InsightPeriod): string => `${start}/${end}`;

/** The window of these periods. */
export function windowOf(periods: readonly InsightPeriod[], through: Date): InsightWindow {
  const starts = periods.map(({ start }) => msOf(start));
  const ends = periods.map(({ end }) => msOf(end));
  return { periods, through, from: new Date(Math.min(...starts)), to: new Date(Math.max(...ends)) };
}

/** The parameters that every query about periods has. */
export const windowParams = ({ periods, from, to }: InsightWindow) => ({ periods: periods.map(periodKey), from, to });

import { addDays, dateOf, type InsightGranularity, type InsightPeriod, periodsBetween } from './period.ts';

/** A day counts as over this long after its midnight: events are recorded a little after they happen. */
const GRACE_MS = 60 * 60_000;
/** Days that are computed again each day, for events that come later. */
const LATE_DAYS = 7;
/** How far back days are computed that were missed; older ones are computed when they are asked for. */
const MOST_DAYS = 60;

/** The UTC day before which everything counts as over, given up to when the log is known. */
export const closedDay = (through: Date): string => dateOf(through.getTime() - GRACE_MS);

/**
 * The periods to compute: those of today, and when days are over since `closed` (the day before which all was computed) those of
 * the last days, too, as many more as a part takes to settle.
 */
export function periodsDue(
  granularities: readonly InsightGranularity[],
  settlesAfterDays: number,
  closed: string | undefined,
  through: Date,
): InsightPeriod[] {
  const today = dateOf(through.getTime());
  const day = closedDay(through);
  const daysBefore = (days: number) => addDays(day, -days - settlesAfterDays);
  const missed = closed === undefined ? day : addDays(closed, -settlesAfterDays);
  // Dates in order: as many days as may be, what was missed, and what may have come late.
  const [, since = today] = [daysBefore(MOST_DAYS), missed, daysBefore(LATE_DAYS)].sort();
  const from = closed === day ? today : since;
  return granularities.flatMap((granularity) => periodsBetween(granularity, from, addDays(today, 1)));
}

/**
 * What a user is at the end of a UTC day, each exactly one:
 * `dormant`: last active more than 28 days before; else `at_risk`: more than 14 days before; else `new`: first seen at most 14 days
 * before; else `power`: active on 10 or more of the last 28 days, this one included; else `active`.
 * Whoever was never active counts as active on the day on which they were first seen.
 */
export const SEGMENTS = ['new', 'power', 'active', 'at_risk', 'dormant'] as const;
export type Segment = (typeof SEGMENTS)[number];

/** The days over which active ones are counted. */
export const RECENT_DAYS = 28;

/** What decides: days before the day in question, 0 for that day itself. */
export interface Presence {
  daysSinceSeen: number;
  daysSinceActive: number;
  /** Of the last 28. */
  activeDays: number;
}

/** The segment of a user; the SQL of the aggregates says the same. */
export function segmentOf({ daysSinceSeen, daysSinceActive, activeDays }: Presence): Segment {
  if (daysSinceActive > RECENT_DAYS) return 'dormant';
  if (daysSinceActive > 14) return 'at_risk';
  if (daysSinceSeen <= 14) return 'new';
  return activeDays >= 10 ? 'power' : 'active';
}

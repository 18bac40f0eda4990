import { contributionsOf, type RollupEvent } from './contribution.ts';

/** The UTC days on which an event counts, in order, such as `2026-11-21`; none for an event that is in no rollup. */
export function daysOf(event: RollupEvent): string[] {
  const days = contributionsOf(event).map(({ atMs }) => new Date(atMs).toISOString().slice(0, 10));
  return [...new Set(days)].sort();
}

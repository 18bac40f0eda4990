import { type LiveFilter, wants } from '../../core/live/filter.ts';
import { eventFrame, type Frame } from '../../core/live/frame.ts';
import type { Position } from '../../core/live/position.ts';
import { now } from '../../platform/clock.ts';
import { countOfRecorded, eventsRecorded } from '../../platform/eventLog.ts';
import { microsOf } from '../../platform/logListener.ts';
import { REWIND_MS } from './listening.ts';

/** Events that are read from the log for one viewer who comes back. */
export const MAX_MISSED = 1_000;
/** Another server's clock may be ahead of ours. */
const AHEAD_MS = 60_000;
const MINUTE_MS = 60_000;

/** What a viewer who comes back may not have seen. */
export interface Missed {
  frames: Frame[];
  /** Where to get them instead, when they are too many. */
  gap?: object;
  /** Ids of all events that were read. */
  ids: Set<string>;
}

/**
 * Reads from the log what a viewer may have missed since a position, some of which they may have seen: what is recorded
 * first can become visible last. More than 1,000 events are not read; then `gap` says where they are to be had.
 */
export async function missedSince(after: Position, filter: LiveFilter): Promise<Missed> {
  const at = now();
  const from = new Date(Math.floor(after.recordedAtMicros / 1_000) - REWIND_MS);
  const recorded = { from, to: new Date(at.getTime() + AHEAD_MS) };
  const gap: Missed = { frames: [], ids: new Set(), gap: gapOf(from, at) };
  if ((await countOfRecorded(recorded, MAX_MISSED + 1)) > MAX_MISSED) return gap;
  const events = await eventsRecorded(recorded, undefined, MAX_MISSED + 1);
  // Some were recorded since they were counted.
  if (events.length > MAX_MISSED) return gap;
  const frames = events
    .filter((event) => wants(filter, event))
    .map(({ position, ...event }) => {
      const recordedAt = position.recordedAt.toDate();
      // No run has heard it under a number; whoever comes back from here has the log read again.
      return eventFrame(
        { ...event, recordedAt },
        { recordedAtMicros: microsOf(position.recordedAt), run: 'log', seq: 0 },
      );
    });
  return { frames, ids: new Set(events.map(({ id }) => id)) };
}

/** Exports are of whole minutes, and hold what was recorded 10 s before: from `completeAt` on, all of the gap. */
function gapOf(after: Date, until: Date): object {
  const from = new Date(Math.floor(after.getTime() / MINUTE_MS) * MINUTE_MS);
  const to = new Date(Math.ceil((until.getTime() + 1) / MINUTE_MS) * MINUTE_MS);
  const query = new URLSearchParams({ dataset: 'events', from: from.toISOString(), to: to.toISOString() });
  const completeAt = new Date(until.getTime() + REWIND_MS + 1);
  return { from, to, moreThan: MAX_MISSED, export: `/api/v1/export?${query}`, completeAt };
}

import type { Effect } from './effect.ts';
import type { Episode, TimelineEntry } from './episode.ts';

/** A change of an episode. */
export interface Change {
  /** Undefined: there is none any more, since a pending one was dropped. */
  episode: Episode | undefined;
  /** Lines to be added. */
  timeline: TimelineEntry[];
  /** What goes to the outbox. */
  effects: Effect[];
}

import { type FoldOptions, foldEvents, type RollupPartial } from '../../core/rollup/fold.ts';
import type { LoggedEvent } from '../../platform/eventLog.ts';

/**
 * Documents that one transaction changes at most. A history that comes in touches every hour of many days at once: the more of it
 * is folded together, the less often each of its documents is written.
 */
export const MAX_DOCUMENTS = 1_000;

/** The oldest of these events that fit into one transaction, and what they come to. Always at least one. */
export function foldWhatFits(
  events: readonly LoggedEvent[],
  options: FoldOptions,
): { taken: readonly LoggedEvent[]; partial: RollupPartial } {
  for (let count = events.length; ; count = Math.ceil(count / 2)) {
    const taken = events.slice(0, count);
    const partial = foldEvents(taken, options);
    if (partial.documents.size <= MAX_DOCUMENTS || count === 1) return { taken, partial };
  }
}

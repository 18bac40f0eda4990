import type { LoggedEvent } from '../../platform/eventLog.ts';
import type { AggregationState, Manifest } from '../../platform/rollups.ts';

/** How long folded stretches are remembered: they are counted again after 5 and 60 min. */
const MANIFEST_KEPT_MS = 61 * 60_000;
/** Minutes without events are counted again together: something may be stamped in them and seen later. */
const EMPTY_STRETCH_MS = 5 * 60_000;

/** Before the first run. */
export const NOTHING_YET: AggregationState = {
  ...{ version: 0, bucketsVersion: 0, latestVersion: -1, through: new Date(0), ahead: 0, manifests: [] },
  ...{ recountMismatchCount: 0, recountMismatches: [] },
};

/** The state once these events are folded; with `through` nothing is left up to there. */
export function stateAfter(
  state: AggregationState,
  taken: readonly LoggedEvent[],
  changesBuckets: boolean,
  through: Date | undefined,
): AggregationState {
  const position = taken.at(-1)?.position ?? state.position;
  const ahead = state.ahead + taken.length;
  const next = {
    ...state,
    version: state.version + 1,
    bucketsVersion: state.bucketsVersion + (changesBuckets ? 1 : 0),
    ...(position && { position }),
  };
  if (!through) return { ...next, ahead };
  const manifests = [...state.manifests, ...stretchTo(through, state, ahead)].filter(
    (kept) => kept.through.getTime() > through.getTime() - MANIFEST_KEPT_MS,
  );
  return { ...next, through, ahead: 0, manifests };
}

/** What is to be counted again, from the end of the last such stretch on; nothing yet where little time had no event. */
function stretchTo(through: Date, state: AggregationState, count: number): Manifest[] {
  const after = state.manifests.at(-1)?.through ?? state.through;
  const isLong = through.getTime() - after.getTime() >= EMPTY_STRETCH_MS;
  return count > 0 || isLong ? [{ after, through, count, recounts: 0 }] : [];
}

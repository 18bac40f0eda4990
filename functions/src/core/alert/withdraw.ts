import type { Change } from './change.ts';
import { Draft } from './draft.ts';
import type { Episode } from './episode.ts';
import { end, isOpen } from './states.ts';

/** Ends an episode whose rule is gone, disabled or another now. What never fired is dropped; what is over stays as it ended. */
export function withdraw(episode: Episode, now: Date): Change {
  if (episode.state === 'pending') return { episode: undefined, timeline: [], effects: [] };
  const draft = new Draft(episode, now);
  const { progress } = draft;
  if (isOpen(episode)) {
    end(draft, new Date(episode.lastObservation?.atMs ?? episode.beganAt), { by: 'auto' });
    draft.line('rule_changed', 'Its rule was removed, switched off or changed: it is no longer watched.');
  } else if (progress.told !== undefined) {
    draft.line('rule_changed', 'Its rule was removed, switched off or changed. It was over before.');
  }
  draft.episode.live = false;
  draft.episode.flapping = false;
  if (progress.told !== undefined) draft.tellEnd();
  return draft.change();
}

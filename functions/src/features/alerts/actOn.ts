import { channels } from '../../channels/index.ts';
import type { AuditActor, AuditValue } from '../../core/access/audit.ts';
import { type Action, act } from '../../core/alert/act.ts';
import type { Episode } from '../../core/alert/episode.ts';
import { goneRule } from '../../core/alert/goneRule.ts';
import { AppError } from '../../core/errors.ts';
import { now } from '../../platform/clock.ts';
import { commitChange, loadEpisode, loadRule } from '../alerting/index.ts';

/** Who acts, and from which address. */
export interface By {
  actor: AuditActor;
  from: string;
}

/** How often an action is decided anew because somebody else was faster. */
const MAX_TRIES = 5;
/** Lines of one timeline that people may add to. */
const MAX_LINES = 1_900;

/**
 * Does what a person wants with an episode: the change, its line in the timeline, what channels are told and the entry in the
 * audit log are one commit. Throws AppError `not_found`, or `conflict` where the state does not allow it, also when it was
 * another who changed it a moment before.
 */
export async function actOn(by: By, episodeId: string, action: Action): Promise<Episode> {
  for (let tries = 1; ; tries++) {
    const before = await loadEpisode(episodeId);
    if (!before) throw new AppError('not_found', 'There is no such alert.');
    if (action.kind === 'note' && before.episode.seq >= MAX_LINES) {
      throw new AppError('conflict', `Its timeline has ${MAX_LINES} lines; no more notes fit.`);
    }
    const found = await loadRule(before.episode.rule);
    const rule = found ?? goneRule(before.episode);
    const change = act(found, before.episode, action, now());
    const { episode } = change;
    if (!episode) throw new Error(`${action.kind} left no episode`);
    const audit = {
      ...by,
      action: `alert.${action.kind}`,
      target: { type: 'alert', id: episodeId },
      before: standing(before.episode),
      after: standing(episode),
    };
    if (await commitChange({ before, change, rule, channels: channels(), audit })) return episode;
    if (tries === MAX_TRIES) throw new AppError('conflict', 'Others change this alert at the same time; try again.');
  }
}

function standing({ state, severity, acknowledgement, snoozedUntil }: Episode): Record<string, AuditValue> {
  return {
    ...{ state, severity },
    ...(acknowledgement?.until && { acknowledgedUntil: acknowledgement.until }),
    ...(snoozedUntil && { snoozedUntil }),
  };
}

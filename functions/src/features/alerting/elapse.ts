import type { ChannelInfo } from '../../channels/index.ts';
import { channels } from '../../channels/index.ts';
import type { Change } from '../../core/alert/change.ts';
import { elapse } from '../../core/alert/elapse.ts';
import type { Episode } from '../../core/alert/episode.ts';
import { goneRule } from '../../core/alert/goneRule.ts';
import type { Rule } from '../../core/alert/rule.ts';
import { withdraw } from '../../core/alert/withdraw.ts';
import { now } from '../../platform/clock.ts';
import { logOf } from '../../platform/logs.ts';
import { commitVersioned } from './commitChange.ts';
import { type LoadedEpisode, loadEpisode } from './loadEpisode.ts';
import { loadRule } from './rules.ts';
import { stillMeant } from './stillMeant.ts';
import type { Round } from './takeStep.ts';

const log = logOf('alerting.elapse');

/** How often what time brings is decided anew because somebody else changed the episode. */
const MAX_TRIES = 5;

/** Does to every live episode what time alone brings: steps of its escalation, ends of acknowledgements and snoozes. */
export async function elapseAll(round: Round, rules: ReadonlyMap<string, Rule>): Promise<void> {
  for (const loaded of round.live.all()) {
    const { episode } = loaded;
    try {
      // One that was not among them may have been made since they were read.
      const rule = rules.get(episode.rule) ?? (await loadRule(episode.rule));
      const next = await passTime(loaded, rule, round.channels);
      if (!next) continue;
      round.changes++;
      if (next.episode?.live) round.live.set({ ...next, episode: next.episode });
      else round.live.delete(loaded);
    } catch (error) {
      // One episode must not hold up the others; it stays due for the next minute.
      log.error('time could not pass', error, { episodeId: episode.id });
      round.failures.push(error);
    }
  }
}

/** The same for one episode, when its task comes. */
export async function escalate(episodeId: string): Promise<void> {
  const loaded = await loadEpisode(episodeId);
  if (!loaded?.episode.live) return;
  await passTime(loaded, await loadRule(loaded.episode.rule), channels());
}

/** Changes that time brings at one moment at most: steps of several hours that nobody came for. */
const MAX_CHANGES = 50;

/** Until time brings nothing more at this moment. Undefined: nothing changed. */
async function passTime(
  loaded: LoadedEpisode,
  rule: Rule | undefined,
  channels: readonly ChannelInfo[],
): Promise<{ episode: Episode | undefined; version: LoadedEpisode['version'] } | undefined> {
  let before: LoadedEpisode | undefined = loaded;
  let last: { episode: Episode | undefined; version: LoadedEpisode['version'] } | undefined;
  for (let changes = 0, tries = 1; before?.episode.live && changes < MAX_CHANGES; ) {
    const change = changeByTime(before.episode, rule);
    if (!change) return last;
    const version = await commitVersioned({ before, change, rule: rule ?? goneRule(before.episode), channels });
    if (version) {
      changes++;
      last = { episode: change.episode, version };
      before = change.episode && { episode: change.episode, version };
    } else if (tries++ < MAX_TRIES) before = await loadEpisode(loaded.episode.id);
    else throw new Error(`none of ${MAX_TRIES} commits went through`);
  }
  return last;
}

function changeByTime(episode: Episode, rule: Rule | undefined): Change | undefined {
  if (rule?.enabled && stillMeant(rule, episode)) return elapse(rule, episode, now());
  // What is over already stays as it ended.
  return withdraw(episode, now());
}

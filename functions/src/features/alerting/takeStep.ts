import type { ChannelInfo } from '../../channels/index.ts';
import type { Change } from '../../core/alert/change.ts';
import type { Observation } from '../../core/alert/observation.ts';
import type { Rule } from '../../core/alert/rule.ts';
import { step } from '../../core/alert/step.ts';
import { canonicalJson } from '../../core/hash.ts';
import { now } from '../../platform/clock.ts';
import { logOf } from '../../platform/logs.ts';
import { commitVersioned } from './commitChange.ts';
import { type Fence, readFence } from './fence.ts';
import { LiveEpisodes } from './liveEpisodes.ts';
import type { LoadedEpisode } from './loadEpisode.ts';
import type { Observed } from './observe/index.ts';
import { MAX_GROUPS } from './observe/observed.ts';
import { stillMeant } from './stillMeant.ts';

const log = logOf('alerting.step');

/** How often one step is decided anew because somebody else changed something. */
const MAX_TRIES = 10;

/** What one evaluation knows and has done so far. */
export interface Round {
  fence: Fence;
  live: LiveEpisodes;
  channels: readonly ChannelInfo[];
  changes: number;
  /** What could not be done: the rest was, and the evaluation fails in the end. */
  failures: unknown[];
}

/**
 * One step of every group of a rule: those observed, and those with an episode that the data say nothing of any more. False when
 * somebody else has done this minute meanwhile. Throws where a change cannot be written.
 */
export async function takeStep(
  round: Round,
  rule: Rule,
  observed: ReadonlyMap<string, Observed>,
  at: Date,
  isPast: (fence: Fence) => boolean,
): Promise<boolean> {
  const groups = new Map(observed);
  // Of more groups than are looked at, one that is not among them is not gone.
  const isWhole = observed.size < MAX_GROUPS;
  for (const { episode } of round.live.ofRule(rule.slug)) {
    const { group, groupKey } = episode;
    if (isWhole && !groups.has(groupKey) && stillMeant(rule, episode))
      groups.set(groupKey, { group, observation: nothingSeen(rule, at.getTime()) });
  }
  for (const each of groups.values()) {
    if (!(await stepOf(round, rule, each, isPast))) return false;
  }
  return true;
}

async function stepOf(
  round: Round,
  rule: Rule,
  { group, observation }: Observed,
  isPast: (fence: Fence) => boolean,
): Promise<boolean> {
  const key = canonicalJson(group);
  for (let tries = 1; tries <= MAX_TRIES; tries++) {
    const before = round.live.of(rule.slug, key);
    if (!before && !round.live.hasRoom()) return true;
    const change = decided(rule, { group, observation }, before);
    if (!change || (!change.episode && !before)) return true;
    const { channels, fence } = round;
    const version = await commitVersioned({ before, change, rule, channels, fence });
    if (version) {
      round.changes++;
      round.fence = { ...fence, revision: fence.revision + 1, version };
      if (change.episode?.live) round.live.set({ episode: change.episode, version });
      else if (before) round.live.delete(before);
      return true;
    }
    [round.fence, round.live] = await Promise.all([readFence(), LiveEpisodes.load()]);
    if (isPast(round.fence)) return false;
  }
  throw new Error(`none of ${MAX_TRIES} commits of ${rule.slug} went through`);
}

function decided(rule: Rule, { group, observation }: Observed, before: LoadedEpisode | undefined): Change | undefined {
  try {
    return step(rule, group, before?.episode, observation, now());
  } catch (error) {
    // A rule that cannot be judged must not stop the others.
    log.error('a rule cannot be judged', error, { rule: rule.slug });
    return undefined;
  }
}

function nothingSeen({ windowMin }: Rule, atMs: number): Observation {
  return { atMs, fromMs: atMs - windowMin * 60_000, toMs: atMs, n: 0 };
}

import type { TimelineEntry } from '../../core/alert/episode.ts';
import type { Notification } from '../../core/alert/notification.ts';
import type { Rule } from '../../core/alert/rule.ts';
import { AppError } from '../../core/errors.ts';
import { ALL_SHARDS } from '../../core/shard.ts';
import { alertEpisodes, alertRules, notifications, type StoredEpisode, timeline } from '../../platform/alerts.ts';
import { type Impact, impactOf } from './impact.ts';
import { type Series, seriesOf } from './series.ts';

/** Lines of the timeline, and deliveries, in one answer. */
const PAGE = 100;

/** All there is to know of an episode. */
export interface EpisodeFile {
  episode: StoredEpisode;
  /** Absent when the rule is gone. */
  rule: Rule | undefined;
  timeline: TimelineEntry[];
  /** There are more lines after this one. */
  moreTimelineAfter?: number;
  deliveries: Notification[];
  series: Series | null;
  impact: Impact | null;
}

/** An episode with its timeline after `afterSeq`. Throws AppError `not_found`. */
export async function readEpisode(id: string, afterSeq = 0): Promise<EpisodeFile> {
  const episode = (await alertEpisodes().doc(id).get()).data();
  if (!episode) throw new AppError('not_found', 'There is no such alert.');
  const [rule, entries, deliveries] = await Promise.all([
    alertRules().doc(episode.rule).get(),
    timelineAfter(id, afterSeq, PAGE + 1),
    deliveriesOf(id),
  ]);
  const shown = entries.slice(0, PAGE);
  const last = shown.at(-1);
  const [series, impact] = await Promise.all([seriesOf(episode, rule.data()), impactOf(episode, rule.data())]);
  return {
    ...{ episode, rule: rule.data(), timeline: shown, deliveries, series, impact },
    ...(last && entries.length > PAGE && { moreTimelineAfter: last.seq }),
  };
}

/** The lines of a timeline after one, in order; at most `limit`. */
export async function timelineAfter(id: string, seq: number, limit: number): Promise<TimelineEntry[]> {
  const query = timeline(id).where('seq', '>', seq).orderBy('seq').limit(limit);
  return (await query.get()).docs.map((doc) => {
    const { id: _id, ...entry } = doc.data();
    return entry;
  });
}

/** The latest deliveries, oldest first. */
async function deliveriesOf(episodeId: string): Promise<Notification[]> {
  const query = notifications()
    .where('shard', 'in', ALL_SHARDS)
    .where('episodeId', '==', episodeId)
    .orderBy('createdAt', 'desc')
    .limit(PAGE);
  return (await query.get()).docs.map((doc) => doc.data()).reverse();
}

import type { EpisodeState } from '../../core/alert/episode.ts';
import { SEVERITIES, type Severity } from '../../core/alert/rule.ts';
import { ALL_SHARDS } from '../../core/shard.ts';
import { alertEpisodes, type StoredEpisode } from '../../platform/alerts.ts';
import { pageByTime } from '../../platform/page.ts';

export interface EpisodesQuery {
  state?: EpisodeState | undefined;
  severity?: Severity | undefined;
  rule?: string | undefined;
  /** ISO 8601: that began from then on, or before. */
  from?: string | undefined;
  to?: string | undefined;
  limit: number;
  cursor?: string | undefined;
}

/** A page of episodes, the latest begun first. Throws AppError `invalid_request` for a cursor that is not ours. */
export async function listEpisodes(asked: EpisodesQuery): Promise<{ episodes: StoredEpisode[]; nextCursor?: string }> {
  let query = alertEpisodes().where('shard', 'in', ALL_SHARDS);
  for (const name of ['state', 'severity', 'rule'] as const) {
    const value = asked[name];
    if (value !== undefined) query = query.where(name, '==', value);
  }
  if (asked.from !== undefined) query = query.where('beganAt', '>=', new Date(asked.from));
  if (asked.to !== undefined) query = query.where('beganAt', '<', new Date(asked.to));
  const { entries, ...next } = await pageByTime(query, 'beganAt', asked);
  return { episodes: entries, ...next };
}

const OPEN: readonly EpisodeState[] = ['firing', 'acknowledged', 'recovering'];

/** How many episodes are open, by severity. A read for each severity. */
export async function countOpen(): Promise<Record<Severity, number>> {
  const counts = await Promise.all(
    SEVERITIES.map(async (severity) => {
      const open = alertEpisodes().where('severity', '==', severity).where('state', 'in', OPEN);
      return [severity, (await open.count().get()).data().count] as const;
    }),
  );
  return Object.fromEntries(counts) as Record<Severity, number>;
}

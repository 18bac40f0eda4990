import type { Episode } from '../../core/alert/episode.ts';
import { alertEpisodes } from '../../platform/alerts.ts';
import type { Version } from '../../platform/firestore.ts';

/** An episode as it was read, and which version of it that was. */
export interface LoadedEpisode {
  episode: Episode;
  version: Version;
}

/** Reads one episode, or undefined. */
export async function loadEpisode(id: string): Promise<LoadedEpisode | undefined> {
  const snapshot = await alertEpisodes().doc(id).get();
  const stored = snapshot.data();
  if (!stored || !snapshot.updateTime) return undefined;
  return { episode: stored, version: snapshot.updateTime };
}

import { alertEpisodes } from '../../platform/alerts.ts';
import { logOf } from '../../platform/logs.ts';
import type { LoadedEpisode } from './loadEpisode.ts';

const log = logOf('alerting.episodes');

/** Live episodes at the same time; no more are begun. */
export const MAX_LIVE = 2_000;

/** Every live episode by its rule and group. A read for each. */
export class LiveEpisodes {
  #byKey = new Map<string, LoadedEpisode>();

  static async load(): Promise<LiveEpisodes> {
    const live = new LiveEpisodes();
    const { docs } = await alertEpisodes().where('live', '==', true).limit(MAX_LIVE).get();
    for (const doc of docs) live.set({ episode: doc.data(), version: doc.updateTime });
    if (docs.length === MAX_LIVE) log.error('no more episodes can begin', new Error('too many are live'));
    return live;
  }

  of(rule: string, groupKey: string): LoadedEpisode | undefined {
    return this.#byKey.get(keyOf(rule, groupKey));
  }

  ofRule(rule: string): LoadedEpisode[] {
    return this.all().filter(({ episode }) => episode.rule === rule);
  }

  all(): LoadedEpisode[] {
    return [...this.#byKey.values()];
  }

  hasRoom(): boolean {
    return this.#byKey.size < MAX_LIVE;
  }

  set(loaded: LoadedEpisode): void {
    this.#byKey.set(keyOf(loaded.episode.rule, loaded.episode.groupKey), loaded);
  }

  delete({ episode }: LoadedEpisode): void {
    this.#byKey.delete(keyOf(episode.rule, episode.groupKey));
  }
}

const keyOf = (rule: string, groupKey: string) => `${rule} ${groupKey}`;

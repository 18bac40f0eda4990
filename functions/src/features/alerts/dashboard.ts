import { channelHealth, noisiestRules, timesToAcknowledge, timesToResolve } from '../../core/alert/deskStatistics.ts';
import { ALL_SHARDS } from '../../core/shard.ts';
import { alertEpisodes, notifications } from '../../platform/alerts.ts';
import { now } from '../../platform/clock.ts';
import { countOpen } from './listEpisodes.ts';

/** Episodes, and deliveries, that are counted at most: the latest. */
const MAX_COUNTED = 1_000;
const DAY_MS = 86_400_000;

/** How alerting went over the last `days`: what is open, how fast people were, what is noisy, how channels deliver. */
export async function dashboard(days: number) {
  const to = now();
  const from = new Date(to.getTime() - days * DAY_MS);
  const [open, episodes, deliveries, unacknowledged] = await Promise.all([
    countOpen(),
    episodesSince(from),
    deliveriesSince(from),
    countUnacknowledged(),
  ]);
  const fired = episodes.filter(({ firedAt }) => firedAt !== undefined);
  return {
    ...{ from, to, open, unacknowledged, episodes: fired.length },
    complete: episodes.length < MAX_COUNTED && deliveries.length < MAX_COUNTED,
    timeToAcknowledge: timesToAcknowledge(fired),
    timeToResolve: timesToResolve(fired),
    noisiest: noisiestRules(fired, deliveries),
    channels: channelHealth(deliveries),
  };
}

async function episodesSince(from: Date) {
  const query = alertEpisodes().where('shard', 'in', ALL_SHARDS).where('beganAt', '>=', from);
  return (await query.orderBy('beganAt', 'desc').limit(MAX_COUNTED).get()).docs.map((doc) => doc.data());
}

async function deliveriesSince(from: Date) {
  const query = notifications().where('shard', 'in', ALL_SHARDS).where('createdAt', '>=', from);
  return (await query.orderBy('createdAt', 'desc').limit(MAX_COUNTED).get()).docs.map((doc) => doc.data());
}

async function countUnacknowledged(): Promise<number> {
  return (await alertEpisodes().where('state', '==', 'firing').count().get()).data().count;
}

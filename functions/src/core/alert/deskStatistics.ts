import type { Episode } from './episode.ts';
import type { Notification } from './notification.ts';

/** Mean and 95th percentile of some durations; of none they are missing. */
export interface Durations {
  meanMs: number | null;
  p95Ms: number | null;
  n: number;
}

/** The percentile is by nearest rank: the least value that at least 95 % are not above. */
export function durationsOf(durationsMs: readonly number[]): Durations {
  const sorted = [...durationsMs].sort((a, b) => a - b);
  const n = sorted.length;
  if (n === 0) return { meanMs: null, p95Ms: null, n };
  const sumMs = sorted.reduce((sum, ms) => sum + ms, 0);
  return { meanMs: Math.round(sumMs / n), p95Ms: sorted[Math.ceil(0.95 * n) - 1] ?? null, n };
}

/** From when somebody was told until they acknowledged (MTTA). Episodes that nobody acknowledged do not count. */
export function timesToAcknowledge(episodes: readonly Episode[]): Durations {
  return durationsOf(episodes.flatMap(({ notifiedAt, acknowledgedAt }) => between(notifiedAt, acknowledgedAt)));
}

/** From when somebody was told until it was over (MTTR). */
export function timesToResolve(episodes: readonly Episode[]): Durations {
  return durationsOf(episodes.flatMap(({ notifiedAt, endedAt }) => between(notifiedAt, endedAt)));
}

function between(from: Date | undefined, to: Date | undefined): number[] {
  return from && to ? [Math.max(0, to.getTime() - from.getTime())] : [];
}

const MOST_NOISY = 10;

/** The rules that fired most, with how many messages that made. */
export function noisiestRules(episodes: readonly Episode[], deliveries: readonly Notification[]) {
  const rules = new Map<string, { rule: string; episodes: number; openings: number; deliveries: number }>();
  for (const { rule, openings } of episodes) {
    const known = rules.get(rule) ?? { rule, episodes: 0, openings: 0, deliveries: 0 };
    known.episodes++;
    known.openings += openings.length;
    rules.set(rule, known);
  }
  for (const { rule } of deliveries) {
    const known = rules.get(rule);
    if (known) known.deliveries++;
  }
  return [...rules.values()]
    .sort((a, b) => b.openings - a.openings || b.deliveries - a.deliveries || (a.rule < b.rule ? -1 : 1))
    .slice(0, MOST_NOISY);
}

/** How each channel delivers. The delay is from the decision to tell until the vendor had it. */
export function channelHealth(deliveries: readonly Notification[]) {
  const byChannel = Map.groupBy(deliveries, ({ channelId }) => channelId);
  return [...byChannel].sort().map(([channel, all]) => ({
    channel,
    kind: all[0]?.channelKind ?? '',
    sent: all.filter(({ state }) => state === 'sent').length,
    dead: all.filter(({ state }) => state === 'dead').length,
    waiting: all.filter(({ state }) => state === 'waiting' || state === 'sending').length,
    retried: all.filter(({ attempts }) => attempts.length > 1).length,
    delayMs: durationsOf(all.flatMap(({ createdAt, sentAt }) => between(createdAt, sentAt))),
  }));
}

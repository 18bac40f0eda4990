import type { Episode, TimelineEntry } from './episode.ts';
import type { Notification } from './notification.ts';
import type { Observation } from './observation.ts';

const iso = (ms: number) => new Date(ms).toISOString();

/** What was observed, as people read it. */
export function observationView({ atMs, fromMs, toMs, value, n, before }: Observation) {
  return {
    ...{ at: iso(atMs), from: iso(fromMs), to: iso(toMs), value: value ?? null, n },
    ...(before !== undefined && { before }),
  };
}

/** Where the numbers that an episode rests on can be read: exactly its window, narrowed to its group. */
export function dataPath({ group, lastObservation }: Pick<Episode, 'group' | 'lastObservation'>): string | undefined {
  if (!lastObservation) return undefined;
  const { fromMs, toMs } = lastObservation;
  const query = new URLSearchParams({ from: iso(fromMs), to: iso(toMs) });
  for (const name of ['provider', 'model', 'kind'] as const) {
    const value = group[name];
    if (value !== undefined) query.set(name, value);
  }
  return `/api/v1/summary?${query}`;
}

/** An episode as the API tells it; times are still Dates. */
export function episodeView(episode: Episode) {
  const {
    groupKey: _key,
    seq: _seq,
    openings: _openings,
    lastObservation,
    worst,
    escalation,
    progress: _own,
    ...rest
  } = episode;
  const data = dataPath(episode);
  return {
    ...rest,
    ...(escalation.nextAt && { nextEscalationAt: escalation.nextAt }),
    ...(lastObservation && { latest: observationView(lastObservation) }),
    ...(worst && { worst: observationView(worst) }),
    links: { self: `/api/v1/alerts/${episode.id}`, ...(data !== undefined && { data }) },
  };
}

/** A line of the timeline as the API tells it. */
export function entryView({ observation, ...rest }: TimelineEntry) {
  return { ...rest, ...(observation && { observation: observationView(observation) }) };
}

/** A delivery as the API tells it: without the text, which is that of the timeline. */
export function deliveryView({ channelId, channelKind, message, claimToken: _own, ...rest }: Notification) {
  const { verb, reason, severity, title } = message;
  return { ...rest, channel: channelId, kind: channelKind, verb, reason, severity, title };
}

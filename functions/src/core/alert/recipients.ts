import type { Notify } from './effect.ts';
import type { ChannelKind, Severity } from './rule.ts';

/** What is known of a channel here. */
export interface Reachable {
  id: string;
  kind: ChannelKind;
  /** Those that it is told of when nobody names it. */
  severities: readonly Severity[];
}

/**
 * The channels that a message goes to, in their order: those that the severity concerns, or those that a step names, by id or by
 * kind. Names that fit no channel are answered apart, so that somebody learns of them.
 */
export function recipients(
  { to, also = [], severity }: Notify,
  channels: readonly Reachable[],
): { channelIds: string[]; unknown: string[] } {
  const named = to === 'route' ? also : to;
  const isNamed = ({ id, kind }: Reachable) => named.includes(id) || named.includes(kind);
  const isConcerned = ({ severities }: Reachable) => to === 'route' && severities.includes(severity);
  const channelIds = channels.filter((each) => isNamed(each) || isConcerned(each)).map(({ id }) => id);
  const fits = (name: string) => channels.some(({ id, kind }) => id === name || kind === name);
  // What a step could not reach has been said when it was taken.
  const unknown = to === 'route' ? [] : to.filter((name) => !fits(name));
  return { channelIds, unknown };
}

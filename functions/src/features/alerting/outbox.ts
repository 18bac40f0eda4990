import type { ChannelInfo } from '../../channels/index.ts';
import type { Notify } from '../../core/alert/effect.ts';
import type { Episode, TimelineEntry } from '../../core/alert/episode.ts';
import type { Message } from '../../core/alert/message.ts';
import { messageOf } from '../../core/alert/messageOf.ts';
import type { Notification } from '../../core/alert/notification.ts';
import { recipients } from '../../core/alert/recipients.ts';
import type { Rule } from '../../core/alert/rule.ts';
import { sha256 } from '../../core/hash.ts';
import { shardOf } from '../../core/shard.ts';
import { linksOf } from './links.ts';

const DAY_MS = 86_400_000;
/** How long deliveries can be looked up. */
const KEPT_DAYS = 90;

/** What an effect comes to: a notification for each channel, and what to say where nobody can be told. */
export interface Outgoing {
  notifications: Notification[];
  /** A sentence for the timeline; absent where all is well. */
  gap?: string;
}

/** The notifications of one effect. */
export function outgoing(
  { rule, episode, entry, channels, at }: Subject & { channels: readonly ChannelInfo[] },
  notify: Notify,
): Outgoing {
  const { channelIds, unknown } = recipients(notify, channels);
  const message = messageOf(rule, episode, notify, entry, linksOf(rule, episode, entry));
  const outbound = { episodeId: episode.id, rule: episode.rule, key: notify.key, seq: entry.seq, message, at };
  const notifications = channels
    .filter(({ id }) => channelIds.includes(id))
    .map((channel) => notificationFor(outbound, channel));
  const gap = gapOf(unknown, notifications.length);
  return { notifications, ...(gap && { gap }) };
}

interface Subject {
  rule: Rule;
  episode: Episode;
  entry: TimelineEntry;
  at: Date;
}

/** What goes out, whichever channel takes it. */
export interface Outbound {
  episodeId: string;
  /** Its slug. */
  rule: string;
  /** The effect's key. */
  key: string;
  /** Of the line in the timeline. */
  seq: number;
  message: Message;
  at: Date;
}

/** One delivery: the same for everybody who decides the same, so that it is created once. */
export function notificationFor(
  { episodeId, rule, key, seq, message, at }: Outbound,
  channel: ChannelInfo,
): Notification {
  const id = notificationId(episodeId, key, channel.id);
  return {
    ...{ id, episodeId, rule, key, seq, channelId: channel.id, channelKind: channel.kind },
    ...{ state: 'waiting', attempts: [], createdAt: at, nextAttemptAt: at, possiblyDuplicate: false },
    message: { ...message, messageId: id },
    shard: shardOf(id),
    expireAt: new Date(at.getTime() + KEPT_DAYS * DAY_MS),
  };
}

/** The id of the one delivery of a message to a channel. */
export function notificationId(episodeId: string, key: string, channelId: string): string {
  return sha256(episodeId, key, channelId);
}

function gapOf(unknown: readonly string[], told: number): string | undefined {
  const missing = unknown.length > 0 ? `There is no channel ${unknown.map((id) => `"${id}"`).join(', ')}.` : '';
  const nobody = told === 0 ? 'No channel takes this message: nobody was told.' : '';
  return [missing, nobody].filter(Boolean).join(' ') || undefined;
}

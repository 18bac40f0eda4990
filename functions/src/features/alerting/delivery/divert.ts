import type { Delivery } from '../../../channels/channel.ts';
import type { ChannelInfo } from '../../../channels/index.ts';
import type { Episode, TimelineEntry } from '../../../core/alert/episode.ts';
import type { Notification } from '../../../core/alert/notification.ts';
import { momentText } from '../../../core/alert/sentence.ts';
import { alertEpisodes, notifications, timeline } from '../../../platform/alerts.ts';
import { FieldValue, firestore, type Transaction } from '../../../platform/firestore.ts';
import { notificationFor, notificationId } from '../outbox.ts';

type Refusal = Delivery & { ok: false };

/**
 * Gives a message that its channel did not take to the first channel of the list that does not have it, which then hears of the
 * episode's end, too, and says so in the episode's timeline. Answers the new notification; undefined where no channel is left.
 */
export async function divert(
  transaction: Transaction,
  dead: Notification,
  refusal: Refusal,
  channels: readonly ChannelInfo[],
  at: Date,
): Promise<Notification | undefined> {
  const { episodeId, key, seq, rule, message } = dead;
  const refs = channels.map(({ id }) => notifications().doc(notificationId(episodeId, key, id)));
  const taken = await Promise.all(refs.map((ref) => transaction.get(ref)));
  const episode = (await transaction.get(alertEpisodes().doc(episodeId))).data();
  const next = channels.find((_, i) => taken[i]?.exists === false);
  const instead = next && {
    ...notificationFor({ episodeId, rule, key, seq, message, at }, next),
    insteadOf: dead.id,
  };
  if (instead) transaction.create(notifications().doc(instead.id), instead);
  if (!episode) return instead;
  const entry: TimelineEntry = {
    ...{ seq: episode.seq + 1, at, reason: 'note', state: episode.state, severity: episode.severity },
    sentence: sentenceOf(dead, refusal, next),
  };
  const endIsToCome = episode.progress?.told !== undefined;
  const called = next && endIsToCome && { 'progress.called': FieldValue.arrayUnion(next.id) };
  transaction.update(firestore().doc(alertEpisodes().doc(episodeId).path), { seq: entry.seq, ...called });
  transaction.create(timeline(episodeId).doc(`${entry.seq}`), { ...entry, id: `${entry.seq}` });
  if (next && !endIsToCome && message.verb !== 'resolve') {
    const end = notificationFor(endOf(dead, episode, entry), next);
    transaction.create(notifications().doc(end.id), end);
  }
  return instead;
}

/** What a channel is told after a message that comes when everybody else has heard the end. */
function endOf({ episodeId, rule, key, message }: Notification, { endedAt }: Episode, { seq, at }: TimelineEntry) {
  const sentence = `It was over when this came${endedAt ? `, since ${momentText(endedAt)}` : ''}.`;
  const title = `${message.rule.name}: over`;
  const over = { ...message, verb: 'resolve' as const, reason: 'recovered' as const, title, sentence };
  return { episodeId, rule, key: `${key}.over`, seq, message: over, at };
}

function sentenceOf(dead: Notification, { code, message }: Refusal, next: ChannelInfo | undefined): string {
  const times = dead.attempts.length === 1 ? 'one attempt' : `${dead.attempts.length} attempts`;
  const given = `The message "${dead.message.title}" could not be delivered to ${dead.channelId} in ${times} (${code}: ${message})`;
  return next ? `${given}; it goes to ${next.id} instead.` : `${given}; no other channel is left to take it.`;
}

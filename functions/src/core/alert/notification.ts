import type { Message } from './message.ts';
import type { ChannelKind } from './rule.ts';

/** waiting: to be sent at `nextAttemptAt`; sending: under way until `leaseUntil`; dead: given up, gone to the next channel. */
export type NotificationState = 'waiting' | 'sending' | 'sent' | 'dead';

/** One attempt to send; what `outcome` is still missing for was under way when the instance ended. */
export interface DeliveryAttempt {
  n: number;
  at: Date;
  endedAt?: Date;
  outcome?: 'sent' | 'refused' | 'failed' | 'uncertain' | 'lost';
  code?: string;
  message?: string;
}

/** The outbox: one delivery of one message to one channel. */
export interface Notification {
  /** sha256 of episode, the effect's key and channel. */
  id: string;
  episodeId: string;
  rule: string;
  /** The effect's key. */
  key: string;
  /** The line of the timeline that it tells of: a channel hears of an episode in this order. */
  seq: number;
  channelId: string;
  channelKind: ChannelKind;
  state: NotificationState;
  message: Message;
  attempts: DeliveryAttempt[];
  createdAt: Date;
  nextAttemptAt?: Date;
  leaseUntil?: Date;
  /** Whose attempt is under way: a transaction that is repeated knows its own by it. */
  claimToken?: string;
  /** The moment that the channel's rate limit gave it. */
  slotAt?: Date;
  sentAt?: Date;
  vendorId?: string;
  possiblyDuplicate: boolean;
  /** The notification that died and led to this one. */
  insteadOf?: string;
  shard: number;
  expireAt: Date;
}

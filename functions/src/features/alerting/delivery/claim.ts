import type { ChannelInfo } from '../../../channels/index.ts';
import { isTooLate } from '../../../core/alert/nextAttempt.ts';
import type { DeliveryAttempt, Notification } from '../../../core/alert/notification.ts';
import { notifications } from '../../../platform/alerts.ts';
import { now } from '../../../platform/clock.ts';
import { FieldValue, firestore, type Transaction } from '../../../platform/firestore.ts';
import { randomHex } from '../../../platform/random.ts';
import { EARLY_MS, takeSlot } from './slot.ts';

/** How long an attempt may take until it counts as lost: longer than any channel's time limit. */
export const LEASE_MS = 90_000;

/**
 * `ours`: send it now, as this attempt. `hopeless`: give it up, its time is over. `later`: not before its `nextAttemptAt`. `none`:
 * nothing to do, or somebody is at it.
 */
export type Claim =
  | { kind: 'ours' | 'hopeless'; notification: Notification; attempt: number }
  | { kind: 'later'; notification: Notification }
  | { kind: 'none' };

/**
 * Takes a notification for one attempt, at the pace that its channel allows: one that comes too early gets the channel's next
 * free moment. An attempt whose lease ran out counts as lost, and whatever is sent after it may be a duplicate.
 */
export function claim(id: string, channelOf: (channelId: string) => ChannelInfo | undefined): Promise<Claim> {
  const claimToken = randomHex(8);
  return firestore().runTransaction(async (transaction) => {
    const notification = (await transaction.get(notifications().doc(id))).data();
    if (!notification) return { kind: 'none' };
    const at = now();
    const { state, leaseUntil, nextAttemptAt, createdAt } = notification;
    const attempt = notification.attempts.length;
    if (state === 'sending' && notification.claimToken === claimToken) return { kind: 'ours', notification, attempt };
    if (state === 'sent' || state === 'dead' || (state === 'sending' && leaseUntil && leaseUntil > at)) {
      return { kind: 'none' };
    }
    if (state === 'waiting' && nextAttemptAt && nextAttemptAt.getTime() > at.getTime() + EARLY_MS)
      return { kind: 'later', notification };
    if (state === 'sending' && isTooLate(createdAt, at)) return { kind: 'hopeless', notification, attempt };
    const slotAt = await takeSlot(transaction, notification, channelOf(notification.channelId), at);
    if (slotAt > at && isTooLate(createdAt, slotAt)) {
      const held = { ...notification, state: 'sending' as const, claimToken, ...leaseFrom(at) };
      write(transaction, held);
      return { kind: 'hopeless', notification: held, attempt };
    }
    if (slotAt > at) {
      const later = { ...withLost(notification, at), state: 'waiting' as const, slotAt, nextAttemptAt: slotAt };
      write(transaction, later);
      return { kind: 'later', notification: later };
    }
    const next = { ...begun(withLost(notification, at), at), claimToken };
    write(transaction, next);
    return { kind: 'ours', notification: next, attempt: attempt + 1 };
  });
}

/** An attempt that nobody heard of again. */
function withLost(notification: Notification, at: Date): Notification {
  if (notification.state !== 'sending') return notification;
  const attempts = notification.attempts.map(
    (attempt): DeliveryAttempt => (attempt.outcome ? attempt : { ...attempt, endedAt: at, outcome: 'lost' }),
  );
  return { ...notification, attempts, possiblyDuplicate: true };
}

function begun(notification: Notification, at: Date): Notification {
  const attempts = [...notification.attempts, { n: notification.attempts.length + 1, at }];
  return { ...notification, state: 'sending', attempts, ...leaseFrom(at) };
}

/** The sweep looks at `nextAttemptAt` alone: it comes for what is under way when the lease has run out. */
function leaseFrom(at: Date): { leaseUntil: Date; nextAttemptAt: Date } {
  const leaseUntil = new Date(at.getTime() + LEASE_MS);
  return { leaseUntil, nextAttemptAt: leaseUntil };
}

function write(transaction: Transaction, { id, slotAt, ...fields }: Notification): void {
  const { state, attempts, possiblyDuplicate, nextAttemptAt } = fields;
  const { leaseUntil = FieldValue.delete(), claimToken = FieldValue.delete() } = state === 'sending' ? fields : {};
  const changed = { state, attempts, possiblyDuplicate, nextAttemptAt, leaseUntil, claimToken };
  const slot = state === 'waiting' && slotAt ? slotAt : FieldValue.delete();
  transaction.update(firestore().doc(notifications().doc(id).path), { ...changed, slotAt: slot });
}

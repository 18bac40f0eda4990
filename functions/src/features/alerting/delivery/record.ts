import type { Delivery } from '../../../channels/channel.ts';
import type { ChannelInfo } from '../../../channels/index.ts';
import { nextAttempt } from '../../../core/alert/nextAttempt.ts';
import type { DeliveryAttempt, Notification } from '../../../core/alert/notification.ts';
import { notifications } from '../../../platform/alerts.ts';
import { now } from '../../../platform/clock.ts';
import { FieldValue, firestore } from '../../../platform/firestore.ts';
import { divert } from './divert.ts';

/**
 * Notes what became of an attempt: sent, to be tried again, or given up, in which case the message goes to the next channel that
 * does not have it. Answers what is to be enqueued; undefined for nothing, also when the attempt was taken over meanwhile.
 */
export function record(
  { id }: Notification,
  attempt: number,
  delivery: Delivery,
  channels: readonly ChannelInfo[],
): Promise<Notification | undefined> {
  let answer: Notification | undefined;
  return firestore().runTransaction(async (transaction) => {
    const stored = (await transaction.get(notifications().doc(id))).data();
    // A transaction whose answer is lost is run again, finds what it has written itself, and answers the same.
    if (stored?.state !== 'sending' || stored.attempts.length !== attempt) return answer;
    const at = now();
    const attempts = stored.attempts.map((each) =>
      each.n === attempt && !each.outcome ? ended(each, delivery, at) : each,
    );
    const ref = firestore().doc(notifications().doc(id).path);
    const over = { attempts, leaseUntil: FieldValue.delete(), claimToken: FieldValue.delete() };
    if (delivery.ok) {
      const { vendorId } = delivery;
      const sent = { state: 'sent', sentAt: at, nextAttemptAt: FieldValue.delete(), ...(vendorId && { vendorId }) };
      transaction.update(ref, { ...over, ...sent });
      return undefined;
    }
    const possiblyDuplicate = stored.possiblyDuplicate || delivery.uncertain;
    const nextAttemptAt = nextAttempt(attempts.length, delivery, stored.createdAt, at);
    if (nextAttemptAt) {
      transaction.update(ref, { ...over, state: 'waiting', nextAttemptAt, possiblyDuplicate });
      answer = { ...stored, attempts, nextAttemptAt };
      return answer;
    }
    answer = await divert(transaction, { ...stored, attempts }, delivery, channels, at);
    transaction.update(ref, { ...over, state: 'dead', nextAttemptAt: FieldValue.delete(), possiblyDuplicate });
    return answer;
  });
}

function ended(attempt: DeliveryAttempt, delivery: Delivery, at: Date): DeliveryAttempt {
  if (delivery.ok) return { ...attempt, endedAt: at, outcome: 'sent' };
  const { code, message, uncertain, retry } = delivery;
  const outcome = uncertain ? 'uncertain' : retry ? 'failed' : 'refused';
  return { ...attempt, endedAt: at, outcome, code, message };
}

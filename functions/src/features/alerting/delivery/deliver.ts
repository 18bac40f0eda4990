import type { Delivery } from '../../../channels/channel.ts';
import { channelById, channels } from '../../../channels/index.ts';
import type { Notification } from '../../../core/alert/notification.ts';
import { now } from '../../../platform/clock.ts';
import { logOf } from '../../../platform/logs.ts';
import { enqueueDelivery } from '../tasks.ts';
import { claim } from './claim.ts';
import { letNextThrough, waitsForAnother } from './inOrder.ts';
import { record } from './record.ts';
import { pauseChannel } from './slot.ts';

const log = logOf('alerting.delivery');

/** Real time that a channel gets; each has a shorter limit of its own. */
const TIME_LIMIT_MS = 45_000;

const TOO_LATE: Delivery & { ok: false } = {
  ...{ ok: false, retry: false, uncertain: true, code: 'too_late' },
  message: 'no attempt came to an end in time',
};

/**
 * One attempt to deliver a notification, if it is due and nobody else is at it. What the vendor answers decides what comes next; a
 * failed attempt is no failure of the task. Rejects when the outbox cannot be read or written: the task comes again.
 */
export async function deliver(notificationId: string): Promise<void> {
  const known = channels();
  if (await waitsForAnother(notificationId)) return;
  const claimed = await claim(notificationId, (id) => known.find((channel) => channel.id === id));
  if (claimed.kind === 'none') return;
  if (claimed.kind === 'later') return enqueueDelivery(claimed.notification);
  const { kind, notification, attempt } = claimed;
  const delivery = kind === 'hopeless' ? TOO_LATE : await send(notification);
  if (!delivery.ok) {
    const { code, message } = delivery;
    log.warn('not delivered', { notificationId, channelId: notification.channelId, attempt, code, reason: message });
    if (delivery.retryAfterMs) {
      await pauseChannel(notification.channelId, new Date(now().getTime() + delivery.retryAfterMs));
    }
  }
  const next = await record(notification, attempt, delivery, known);
  if (next) await enqueueDelivery(next);
  if (next?.id !== notification.id) await letNextThrough(notification);
}

async function send({ channelId, message, possiblyDuplicate }: Notification): Promise<Delivery> {
  try {
    return await withinLimit(
      channelById(channelId).send({ ...message, ...(possiblyDuplicate && { possiblyDuplicate }) }),
    );
  } catch (error) {
    // A channel that throws must not stop the outbox: it is one more way to fail, and is tried again.
    log.error('a channel threw', error, { channelId });
    return { ok: false, retry: true, uncertain: true, code: 'internal', message: 'The channel failed unexpectedly.' };
  }
}

async function withinLimit(sending: Promise<Delivery>): Promise<Delivery> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<Delivery>((resolve) => {
    const message = `no answer within ${TIME_LIMIT_MS} ms`;
    timer = setTimeout(
      () => resolve({ ok: false, retry: true, uncertain: true, code: 'timeout', message }),
      TIME_LIMIT_MS,
    );
  });
  try {
    return await Promise.race([sending, limit]);
  } finally {
    clearTimeout(timer);
  }
}

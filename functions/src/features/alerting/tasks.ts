import type { Episode } from '../../core/alert/episode.ts';
import type { Notification } from '../../core/alert/notification.ts';
import { sha256 } from '../../core/hash.ts';
import { logOf } from '../../platform/logs.ts';
import { enqueue } from '../../platform/tasks.ts';

const log = logOf('alerting.tasks');

/** The queues of alerting: what goes out, and what time brings. */
export const DELIVER_QUEUE = 'deliverNotification';
export const ESCALATE_QUEUE = 'escalateAlert';

/** Enqueues what follows from a change. Never throws: what is missed here is found by the sweep within a minute or two. */
export async function enqueueSteps(
  episode: Episode | undefined,
  notifications: readonly Pick<Notification, 'id' | 'attempts' | 'nextAttemptAt'>[],
): Promise<void> {
  const steps = notifications.map(enqueueDelivery);
  const dueAt = episode && nextDueAt(episode);
  if (dueAt) steps.push(enqueueEscalation(episode.id, dueAt));
  for (const step of await Promise.allSettled(steps)) {
    // The change is made; a queue that cannot be reached must not make it look as if it were not.
    if (step.status === 'rejected') log.error('could not enqueue', step.reason);
  }
}

/** Enqueues the next attempt of a notification, named by attempt and time. Throws when the queue cannot be reached. */
export function enqueueDelivery({
  id,
  attempts,
  nextAttemptAt,
}: Pick<Notification, 'id' | 'attempts' | 'nextAttemptAt'>): Promise<void> {
  const name = sha256(id, `${attempts.length}`, `${nextAttemptAt?.getTime() ?? 0}`);
  return enqueue({ queue: DELIVER_QUEUE, id: name, data: { notificationId: id }, at: nextAttemptAt });
}

/** Enqueues a look at an episode for when something is due. Throws when the queue cannot be reached. */
export function enqueueEscalation(episodeId: string, at: Date): Promise<void> {
  const name = sha256(episodeId, `${at.getTime()}`);
  return enqueue({ queue: ESCALATE_QUEUE, id: name, data: { episodeId }, at });
}

/** When time alone next changes an episode: a step of its escalation, the end of an acknowledgement or a snooze. */
export function nextDueAt({ live, escalation, acknowledgement, snoozedUntil }: Episode): Date | undefined {
  if (!live) return undefined;
  const due = [escalation.nextAt, acknowledgement?.until, snoozedUntil].filter((at) => at !== undefined);
  return due.sort((a, b) => a.getTime() - b.getTime())[0];
}

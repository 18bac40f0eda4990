import type { Notification, NotificationState } from '../../../core/alert/notification.ts';
import { notifications } from '../../../platform/alerts.ts';
import { now } from '../../../platform/clock.ts';
import { commitUnlessChanged, firestore, type Version } from '../../../platform/firestore.ts';
import { enqueueDelivery } from '../tasks.ts';

/** How much later than the one before it a message is looked at again; usually that one lets it through before. */
const BEHIND_MS = 1_000;

const ON_THE_WAY: readonly NotificationState[] = ['waiting', 'sending'];
const MAX_ON_THE_WAY = 200;

interface Queued {
  notification: Notification;
  version: Version;
}

/**
 * True while an earlier message about the same episode has not reached the same channel: a trigger that came after its resolve
 * would call somebody for nothing. Then it waits as long as that one.
 */
export async function waitsForAnother(id: string): Promise<boolean> {
  const snapshot = await notifications().doc(id).get();
  const notification = snapshot.data();
  if (!notification || !snapshot.updateTime || notification.state !== 'waiting') return false;
  const [earlier] = (await onTheWay(notification)).filter((each) => each.notification.seq < notification.seq);
  if (!earlier) return false;
  const dueMs = Math.max(now().getTime(), earlier.notification.nextAttemptAt?.getTime() ?? 0);
  await lookAgainAt({ notification, version: snapshot.updateTime }, new Date(dueMs + BEHIND_MS));
  return true;
}

/** Lets the next message about the same episode go to the channel now. One that is missed here comes a little later by itself. */
export async function letNextThrough(over: Notification): Promise<void> {
  const [next] = (await onTheWay(over)).filter((each) => each.notification.seq > over.seq);
  if (next?.notification.state === 'waiting') await lookAgainAt(next, now());
}

/** Those of an episode that a channel does not have yet, in order. */
async function onTheWay({ episodeId, channelId }: Notification): Promise<Queued[]> {
  const ofChannel = notifications().where('episodeId', '==', episodeId).where('channelId', '==', channelId);
  const { docs } = await ofChannel.where('state', 'in', ON_THE_WAY).limit(MAX_ON_THE_WAY).get();
  return docs
    .map((doc) => ({ notification: doc.data(), version: doc.updateTime }))
    .sort((a, b) => a.notification.seq - b.notification.seq);
}

async function lookAgainAt({ notification, version }: Queued, at: Date): Promise<void> {
  const ref = firestore().doc(notifications().doc(notification.id).path);
  await commitUnlessChanged((batch) => {
    batch.update(ref, { nextAttemptAt: at }, { lastUpdateTime: version });
  });
  // Also where it was changed meanwhile, perhaps by this very commit, whose answer was lost: a task too many does no harm.
  await enqueueDelivery({ ...notification, nextAttemptAt: at });
}

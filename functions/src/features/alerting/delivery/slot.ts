import type { ChannelInfo } from '../../../channels/index.ts';
import type { Notification } from '../../../core/alert/notification.ts';
import { projectionState } from '../../../platform/collections.ts';
import { Timestamp, type Transaction } from '../../../platform/firestore.ts';

/** A task may come this much too early: its own name is taken, so it could not be enqueued again for the right moment. */
export const EARLY_MS = 250;

/** When the channel lets it through: now, or its next free moment, which is then taken. */
export async function takeSlot(
  transaction: Transaction,
  { slotAt }: Notification,
  channel: ChannelInfo | undefined,
  at: Date,
): Promise<Date> {
  if (!channel) return at;
  const ref = projectionState(`channel.${channel.id}`);
  const stored = await transaction.get(ref);
  const pausedUntil = dateIn(stored.get('pausedUntil'));
  const isPaused = pausedUntil !== undefined && pausedUntil > at;
  if (slotAt && slotAt.getTime() <= at.getTime() + EARLY_MS && !isPaused) return at;
  const free = laterOf(at, dateIn(stored.get('freeAt')), pausedUntil);
  const intervalMs = intervalOf(channel);
  if (intervalMs > 0) transaction.set(ref, { freeAt: new Date(free.getTime() + intervalMs) }, { merge: true });
  return free;
}

/** Milliseconds between two messages of a channel; 0 for one without a limit. */
export function intervalOf({ rate }: Pick<ChannelInfo, 'rate'>): number {
  if (rate?.perSec) return 1_000 / rate.perSec;
  return rate?.perMin ? 60_000 / rate.perMin : 0;
}

function laterOf(at: Date, ...others: (Date | undefined)[]): Date {
  return others.reduce<Date>((latest, other) => (other && other > latest ? other : latest), at);
}

const dateIn = (value: unknown) => (value instanceof Timestamp ? value.toDate() : undefined);

/** Nothing goes to a channel until then: its vendor asked for it. */
export async function pauseChannel(channelId: string, until: Date): Promise<void> {
  await projectionState(`channel.${channelId}`).set({ pausedUntil: until }, { merge: true });
}

import { sha256 } from '../../../core/hash.ts';
import { ALL_SHARDS } from '../../../core/shard.ts';
import { notifications } from '../../../platform/alerts.ts';
import { now } from '../../../platform/clock.ts';
import { logOf } from '../../../platform/logs.ts';
import { enqueue } from '../../../platform/tasks.ts';
import { DELIVER_QUEUE } from '../tasks.ts';

const log = logOf('alerting.sweep');

/** How long a delivery may be overdue before its task counts as lost. */
const OVERDUE_MS = 30_000;
/** Looked at in one run; the rest waits for the next minute. */
const MAX_PER_RUN = 200;

/**
 * Enqueues anew what no task came for: a task that was lost, or an attempt whose instance ended. Rejects in the end when some could
 * not be enqueued; the others were.
 */
export async function sweepOutbox(): Promise<number> {
  const at = now();
  const overdue = await notifications()
    .where('shard', 'in', ALL_SHARDS)
    .where('nextAttemptAt', '<=', new Date(at.getTime() - OVERDUE_MS))
    .orderBy('nextAttemptAt')
    .limit(MAX_PER_RUN)
    .get();
  const minute = Math.floor(at.getTime() / 60_000);
  const enqueued = overdue.docs.map(({ id }) =>
    enqueue({ queue: DELIVER_QUEUE, id: sha256(id, 'sweep', `${minute}`), data: { notificationId: id } }),
  );
  const failures: unknown[] = [];
  for (const each of await Promise.allSettled(enqueued)) {
    if (each.status === 'fulfilled') continue;
    // One that cannot be enqueued now stays overdue for the next run.
    log.error('could not enqueue', each.reason);
    failures.push(each.reason);
  }
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} messages could not be enqueued`);
  return overdue.size;
}

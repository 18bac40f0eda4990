import { now } from '../../../platform/clock.ts';
import type { DeadLetter } from '../../../platform/deadLetters.ts';
import { eventsOfIds, type LoggedEvent } from '../../../platform/eventLog.ts';
import type { PendingLoad } from '../../../platform/warehouse.ts';
import { RowBatch } from './batch.ts';

/** The dead letter of an event. */
export function letterOf(
  { id, type, position }: LoggedEvent,
  why: Pick<DeadLetter, 'reason' | 'message' | 'jobId'>,
): DeadLetter {
  return { id, type, recordedAt: position.recordedAt.toDate(), ...why, at: now(), retries: 0, retryJobId: null };
}

/** The dead letters of those events of a load of which its beginning said that they can be no rows. A read for each. */
export async function lettersOf({ refused }: PendingLoad): Promise<DeadLetter[]> {
  return (await eventsOfIds(refused)).map((event) => {
    const batch = new RowBatch();
    batch.take(event);
    // What can be a row by now has not been one of this load.
    const message = batch.misfits[0]?.message ?? 'our schema refused it when its range was loaded';
    return letterOf(event, { reason: 'schema', message, jobId: null });
  });
}

import { takeOver } from '../../core/generation/transitions/request.ts';
import { ALL_SHARDS } from '../../core/shard.ts';
import { now } from '../../platform/clock.ts';
import { generations, projectionState } from '../../platform/collections.ts';
import { logOf } from '../../platform/logs.ts';
import { apply } from './apply.ts';
import type { Stored } from './load.ts';

const log = logOf('generation.sweep');

/** How long a step may be overdue before its task counts as lost. */
export const OVERDUE_MS = 120_000;
/** Taken over in one run; the rest waits for the next minute. */
const MAX_PER_RUN = 500;
const AT_ONCE = 10;

/** Takes over every generation whose next step is overdue, and notes that the sweeper runs. */
export async function sweep(): Promise<{ takenOver: number }> {
  const ranAt = now();
  const overdueSince = new Date(ranAt.getTime() - OVERDUE_MS);
  const overdue = await generations()
    .where('shard', 'in', ALL_SHARDS)
    .where('nextActionAt', '<=', overdueSince)
    .orderBy('nextActionAt')
    .limit(MAX_PER_RUN)
    .get();
  let takenOver = 0;
  for (let from = 0; from < overdue.size; from += AT_ONCE) {
    const batch = overdue.docs
      .slice(from, from + AT_ONCE)
      .map((doc) => takeOverOne({ generation: doc.data(), version: doc.updateTime }, overdueSince));
    takenOver += (await Promise.all(batch)).filter(Boolean).length;
  }
  await projectionState('sweeper').set({ ranAt, takenOver });
  return { takenOver };
}

async function takeOverOne(stored: Stored, overdueSince: Date): Promise<boolean> {
  const { id, state } = stored.generation;
  try {
    const { generation, refusal } = await apply(stored, takeOver(overdueSince));
    if (!refusal) log.warn('took over', { generationId: id, state, epoch: generation.epoch });
    return !refusal;
  } catch (error) {
    // One that cannot be taken over now must not stop the others; it stays overdue for the next run.
    log.error('could not take over', error, { generationId: id });
    return false;
  }
}

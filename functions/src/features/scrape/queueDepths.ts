import { logOf } from '../../platform/logs.ts';
import { queueState } from '../../platform/queues.ts';
import { withinLimit } from '../../platform/timeLimit.ts';
import { QUEUES } from '../generation/index.ts';

const log = logOf('scrape');

/** Prometheus waits 10 s for an answer unless told otherwise. */
const TIME_LIMIT_MS = 2_000;

/** How many tasks wait in each queue of a generation's way; queues that cannot be asked within 2 s are left out. Never rejects. */
export async function queueDepths(): Promise<Record<string, number>> {
  const depths = await Promise.all(QUEUES.map(async (queue) => [queue, await depthOf(queue)] as const));
  return Object.fromEntries(depths.filter((entry): entry is [string, number] => entry[1] !== undefined));
}

async function depthOf(queue: string): Promise<number | undefined> {
  try {
    return (await withinLimit(queueState(queue), TIME_LIMIT_MS)).depth;
  } catch (error) {
    // The other metrics are worth having without this one, whose absence shows.
    log.warn('a queue cannot be asked', { queue, error: error instanceof Error ? error.name : 'unknown' });
    return undefined;
  }
}

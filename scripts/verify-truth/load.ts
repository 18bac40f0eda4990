import { setTimeout as sleep } from 'node:timers/promises';
import { heldProgress } from '../../functions/src/platform/warehouse.ts';
import { demand } from '../drive/api.ts';
import { type System, untilCounted } from './system.ts';

const POLL_MS = 50;

/** Lets minutes pass until everything recorded so far is in the warehouse. Needs the database to be open. */
export async function untilLoaded(system: System): Promise<void> {
  await untilCounted(system, await system.nowMs(), async () => (await heldProgress()).progress.through.getTime());
}

/** Waits for the next load job, and ends BigQuery in the middle of it. Answers what went otherwise: that none came until `over`. */
export async function killBigQueryInLoad({ stack }: System, over: AbortSignal): Promise<string[]> {
  const faults = `${stack.bigQueryUrl}/__bigquery/faults`;
  await demand(faults, { method: 'POST', body: { stallLoads: true } });
  while (!over.aborted) {
    if (((await demand(faults)) as { stalled: number }).stalled > 0) {
      await stack.killBigQuery();
      await stack.restartBigQuery();
      return [];
    }
    await sleep(POLL_MS);
  }
  await demand(faults, { method: 'DELETE' });
  return ['BigQuery was never in the middle of a load'];
}

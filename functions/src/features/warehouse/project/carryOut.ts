import { setTimeout as sleep } from 'node:timers/promises';
import { EVENTS } from '../../../core/warehouse/tables.ts';
import { findLoad, type LoadJob, sendLoad } from '../../../platform/bigquery/load.ts';
import type { ProjectionLimits } from './limits.ts';

/** BigQuery neither takes a load job nor knows of it. */
export class LoadLost extends Error {
  constructor(jobId: string) {
    super(`BigQuery does not know of ${jobId}, which was sent`);
    this.name = 'LoadLost';
  }
}

/** How often a job of which BigQuery has not heard is sent in one tick. */
const SENDS = 2;

/**
 * Step 2: loads rows by a job of this id, and answers what became of it. Where it is not known whether BigQuery took the job it is
 * looked for, and sent again under the same id only if BigQuery has never heard of that. Throws LoadRefused and LoadLost.
 */
export async function carryOut(
  jobId: string,
  lines: readonly string[],
  { waitsMs }: Pick<ProjectionLimits, 'waitsMs'>,
): Promise<LoadJob> {
  for (let sends = 1; sends <= SENDS; sends++) {
    const job = (await sendLoad(EVENTS.name, jobId, lines)) ?? (await findLoad(jobId));
    if (job) return ended(jobId, job, waitsMs);
  }
  throw new LoadLost(jobId);
}

/** What became of a job that was sent before; undefined when BigQuery has never heard of it. */
export async function lookedUp(
  jobId: string,
  { waitsMs }: Pick<ProjectionLimits, 'waitsMs'>,
): Promise<LoadJob | undefined> {
  const job = await findLoad(jobId);
  return job && ended(jobId, job, waitsMs);
}

async function ended(jobId: string, first: LoadJob, waitsMs: readonly number[]): Promise<LoadJob> {
  let job = first;
  for (const waitMs of waitsMs) {
    if (job.state !== 'running') break;
    await sleep(waitMs);
    job = (await findLoad(jobId)) ?? job;
  }
  return job;
}

import type { LoadJob } from '../../../platform/bigquery/load.ts';
import { logOf } from '../../../platform/logs.ts';
import type { HeldProgress, PendingLoad } from '../../../platform/warehouse.ts';
import type { RowBatch } from './batch.ts';
import { carryOut, lookedUp } from './carryOut.ts';
import { concludeFailed, concludeLoaded, concludeRefused } from './conclude.ts';
import { type FixedLoad, fixNextRange, readAgain } from './fixed.ts';
import type { ProjectionLimits } from './limits.ts';
import { recount } from './recount.ts';
import { lackOf } from './schema.ts';

const log = logOf('warehouse.project');

/** Ranges that may wait to be counted again before nothing more is loaded. */
const MAX_MANIFESTS = 200;

/** Where a step has led. */
export interface Stepped extends FixedLoad {
  /** Rows that it has brought to BigQuery. */
  rows: number;
  /** `waited`: the job is not done; `refused`: for a row in it; `failed`: for another reason; `passed`: there is nothing left. */
  did: 'fixed' | 'loaded' | 'refused' | 'failed' | 'waited' | 'passed';
}

/** The next step: a load is fixed, or the one fixed is carried out and concluded. Undefined when another run was faster. */
export async function step(
  { held, batch }: FixedLoad,
  through: Date,
  limits: ProjectionLimits,
): Promise<Stepped | undefined> {
  const { pending } = held.progress;
  if (pending) return carryOutPending(held, pending, batch, limits);
  const counted = await recounted(held, limits);
  if (!counted || counted.held.progress.pending) return counted && { ...counted, rows: 0, did: 'fixed' };
  const { progress } = counted.held;
  if (progress.through >= through && !progress.suspect) return { ...counted, rows: 0, did: 'passed' };
  const fixed = await fixNextRange(counted.held, through, limits);
  return fixed && { ...fixed, rows: 0, did: 'fixed' };
}

/** Counting again keeps nothing from being loaded, until too much waits to be counted. */
async function recounted(held: HeldProgress, limits: ProjectionLimits): Promise<FixedLoad | undefined> {
  try {
    return await recount(held, limits);
  } catch (error) {
    if (held.progress.manifests.length >= MAX_MANIFESTS) throw error;
    log.error('what was loaded could not be counted again', error);
    return { held };
  }
}

async function carryOutPending(
  before: HeldProgress,
  pending: PendingLoad,
  inMemory: RowBatch | undefined,
  limits: ProjectionLimits,
): Promise<Stepped | undefined> {
  const found = inMemory ? undefined : await lookedUp(pending.jobId, limits);
  if (found) return concluded(before, pending, found, undefined);
  const fixed = inMemory ? { held: before, batch: inMemory } : await readAgain(before, limits);
  if (!fixed?.batch || !fixed.held.progress.pending) return undefined;
  const { held, batch } = fixed;
  const noJob: LoadJob = { state: 'loaded', rows: 0 };
  const job = batch.lines.length === 0 ? noJob : await carryOut(pending.jobId, batch.lines, limits);
  return concluded(held, fixed.held.progress.pending, job, batch);
}

async function concluded(
  held: HeldProgress,
  pending: PendingLoad,
  job: LoadJob,
  batch: RowBatch | undefined,
): Promise<Stepped | undefined> {
  if (job.state === 'running') return { held, rows: 0, did: 'waited' };
  if (job.state === 'loaded') {
    const after = await concludeLoaded(held, pending, job);
    return after && { held: after, rows: job.rows, did: 'loaded' };
  }
  log.warn('a load failed', { jobId: pending.jobId, reason: job.reason, error: job.message });
  const lack = CAN_BE_A_LACK.has(job.reason) ? await lackOf() : null;
  if (lack === null && job.reason === 'invalid') {
    const after = await concludeRefused(held, pending, job);
    return after && { held: after, rows: 0, did: 'refused' };
  }
  const after = await concludeFailed(held, pending, job, lack);
  return after && { held: after, batch, rows: 0, did: 'failed' };
}

/** A column or table that is not there yet is told in the same words as a bad row. */
const CAN_BE_A_LACK = new Set(['invalid', 'notFound']);

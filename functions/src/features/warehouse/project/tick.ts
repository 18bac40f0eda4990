import { warehouseName } from '../../../platform/bigquery/client.ts';
import { now } from '../../../platform/clock.ts';
import { logOf } from '../../../platform/logs.ts';
import { changeProgress, type HeldProgress, heldProgress } from '../../../platform/warehouse.ts';
import { PROJECTION_LIMITS, type ProjectionLimits } from './limits.ts';
import { lackOf } from './schema.ts';
import { type Stepped, step } from './step.ts';

const log = logOf('warehouse.project');

/** An event may be seen this long after the time that it is stamped with. Later than for the rollups: nothing waits for it. */
const SETTLE_MS = 2 * 60_000;
/** Changes of the progress that one run makes at most, those that load nothing included. */
const MAX_STEPS = 50;

/** What a run has brought to BigQuery. */
export interface Projected {
  rows: number;
  loads: number;
  /** False when something is left: BigQuery is not done or cannot, another run was faster, or there is more than one run takes. */
  complete: boolean;
}

/**
 * Brings what has been recorded to BigQuery, each event once: a range of the log is fixed, loaded by a job whose id is of that
 * range, and then passed. Does nothing where there is no warehouse. A crash costs nothing; of two runs at the same time one goes on.
 */
export async function projectWarehouse(limits: ProjectionLimits = PROJECTION_LIMITS): Promise<Projected> {
  if (warehouseName() === undefined) return { rows: 0, loads: 0, complete: true };
  const through = new Date(now().getTime() - SETTLE_MS);
  try {
    const projected = await run(through, limits);
    if (projected.rows > 0) log.info('loaded', { ...projected, through: through.toISOString() });
    return projected;
  } catch (error) {
    const { blockedBy } = await noted(error);
    if (blockedBy === null) throw error;
    log.warn('the projection waits', { blockedBy });
    return { rows: 0, loads: 0, complete: false };
  }
}

async function run(through: Date, limits: ProjectionLimits): Promise<Projected> {
  const done = { rows: 0, loads: 0 };
  let before: Stepped | undefined = { held: await heldProgress(), rows: 0, did: 'fixed' };
  if (await isBlocked(before.held)) return { ...done, complete: false };
  for (let steps = 0, failures = 0; steps < MAX_STEPS && done.loads < limits.loads; steps++) {
    before = await step(before, through, limits);
    if (!before || before.did === 'waited') return { ...done, complete: false };
    if (before.did === 'passed') return { ...done, complete: true };
    done.rows += before.rows;
    if (before.did === 'fixed') continue;
    done.loads++;
    if (before.did === 'failed') failures++;
    if (before.held.progress.blockedBy !== null || failures >= limits.failures) return { ...done, complete: false };
  }
  return { ...done, complete: false };
}

/** Whether what stood in the way still does. */
async function isBlocked({ progress }: HeldProgress): Promise<boolean> {
  if (progress.blockedBy === null) return false;
  const lack = await lackOf();
  if (lack !== null) log.warn('the projection waits', { blockedBy: lack });
  return lack !== null;
}

/** Notes an error in the progress, and what somebody must do about it. */
async function noted(cause: unknown): Promise<{ blockedBy: string | null }> {
  const { name, message, code, reason } = errorOf(cause);
  const lastError = { at: now(), reason: reason ?? name, message: message.slice(0, 1_000) };
  try {
    const blockedBy = code === NOT_FOUND || reason === 'notFound' ? await lackOf() : null;
    await changeProgress(await heldProgress(), { lastError, ...(blockedBy !== null && { blockedBy }) });
    return { blockedBy };
  } catch (error) {
    // The error that is to be told is thrown by the caller then.
    log.warn('an error could not be noted', { error: errorOf(error).message });
    return { blockedBy: null };
  }
}

const NOT_FOUND = 404;

/** What is read of an error of BigQuery's client, or of our own. */
function errorOf(cause: unknown): Error & { code?: unknown; reason?: string } {
  return cause instanceof Error ? cause : new Error(String(cause));
}

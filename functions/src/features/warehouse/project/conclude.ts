import type { LoadJob } from '../../../platform/bigquery/load.ts';
import { now } from '../../../platform/clock.ts';
import { eventsBetween, eventsOfIds, type LoggedEvent } from '../../../platform/eventLog.ts';
import {
  changeProgress,
  type HeldProgress,
  type LoadManifest,
  type PendingLoad,
  type RangeRead,
  type WarehouseProgress,
} from '../../../platform/warehouse.ts';
import { jobIdOf } from './fixed.ts';
import { letterOf, lettersOf } from './letters.ts';

type Loaded = Extract<LoadJob, { state: 'loaded' }>;
type Failed = Extract<LoadJob, { state: 'failed' }>;

/** BigQuery loaded another number of rows than it was sent: the projection stops until somebody has looked at it. */
export class DifferentCount extends Error {
  constructor({ jobId, reads }: PendingLoad, rows: number) {
    super(`${jobId} loaded ${rows} rows, and was sent ${reads.map((read) => read.rows).join(' or ')}`);
    this.name = 'DifferentCount';
  }
}

/** Step 3 where the rows are loaded: the cursor moves. Undefined when another run was faster. Throws DifferentCount. */
export async function concludeLoaded(held: HeldProgress, pending: PendingLoad, { rows }: Loaded) {
  const read = pending.reads.find((each) => each.rows === rows);
  if (!read) throw new DifferentCount(pending, rows);
  return changeProgress(held, afterRows(held.progress, pending, { ...read, rows }), await lettersOf(pending));
}

/** Step 3 where rows are refused: of many the half is tried next, a single one goes to its dead letter and is passed. */
export async function concludeRefused(held: HeldProgress, pending: PendingLoad, job: Failed) {
  const { events, rows } = pending.reads.at(-1) ?? { events: 0, rows: 0 };
  const [only, another] = rows > 1 ? [] : await rowsOf(pending);
  // Another may have been seen since the one was refused.
  if (!only || another)
    return changeProgress(held, {
      ...narrowed(held.progress, pending, events),
      lastError: errorOf(job),
      blockedBy: null,
    });
  const { reason, message } = job;
  const letters = [...(await lettersOf(pending)), letterOf(only, { reason, message, jobId: pending.jobId })];
  return changeProgress(held, afterRows(held.progress, pending, { events, rows: 0 }), letters);
}

/** Step 3 where it failed for another reason: nothing was loaded, so it can be tried again under the id of another attempt. */
export async function concludeFailed(held: HeldProgress, pending: PendingLoad, job: Failed, blockedBy: string | null) {
  const attempt = pending.attempt + 1;
  const next = { ...pending, attempt, jobId: jobIdOf(held.progress, pending, attempt) };
  return changeProgress(held, { pending: next, lastError: errorOf(job), blockedBy });
}

const errorOf = ({ reason, message }: Failed) => ({ at: now(), reason, message: message.slice(0, 1_000) });

/** Progress once this many of the pending events are told, of which so many are rows now. */
function afterRows(
  progress: WarehouseProgress,
  { after, upTo, late, through, jobId }: PendingLoad,
  { events, rows }: RangeRead,
): Partial<WarehouseProgress> {
  const common = {
    ...{ pending: null, lastError: null, blockedBy: null, loadedRows: progress.loadedRows + rows },
    ...(rows > 0 && { lastLoadAt: now() }),
  };
  if (late) return { ...common, manifests: progress.manifests.map((kept) => withMore(kept, upTo.id, events, rows)) };
  const manifest = { after, upTo, events, rows, jobId, loadedAt: now() };
  const { suspect } = progress;
  const left = suspect && upTo.id !== suspect.upTo.id ? Math.max(1, suspect.events - events) : 0;
  return {
    ...{ ...common, position: upTo, through, manifests: [...progress.manifests, manifest] },
    suspect: suspect && left > 0 ? { ...suspect, events: left } : null,
  };
}

const withMore = (kept: LoadManifest, lastId: string, events: number, rows: number): LoadManifest =>
  kept.upTo.id === lastId ? { ...kept, events: kept.events + events, rows: kept.rows + rows } : kept;

function narrowed(progress: WarehouseProgress, pending: PendingLoad, events: number): Partial<WarehouseProgress> {
  const { upTo, late, refused } = pending;
  if (!late) return { pending: null, suspect: { upTo, events: Math.max(2, events) } };
  // The other half will be missing when the range is counted again.
  const dead = new Set(refused);
  const rows = late.filter((id) => !dead.has(id));
  const half = { ...pending, late: rows.slice(0, Math.ceil(rows.length / 2)), refused: [], attempt: 0 };
  const read = { events: half.late.length, rows: half.late.length };
  return { pending: { ...half, reads: [read], jobId: jobIdOf(progress, half, 0) } };
}

/** The events that are rows of a load of one row, and one more where there is one by now. */
async function rowsOf({ after, upTo, late, refused }: PendingLoad): Promise<LoggedEvent[]> {
  const dead = new Set(refused);
  const events = late ? await eventsOfIds(late) : await eventsBetween(after ?? undefined, upTo, dead.size + 2);
  return events.filter(({ id }) => !dead.has(id));
}

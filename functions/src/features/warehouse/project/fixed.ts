import { loadJobId } from '../../../core/warehouse/jobId.ts';
import { eventsAfter, eventsBetween, eventsOfIds, type LogPosition } from '../../../platform/eventLog.ts';
import {
  changeProgress,
  type HeldProgress,
  type PendingLoad,
  type WarehouseProgress,
} from '../../../platform/warehouse.ts';
import { RowBatch, recordedText } from './batch.ts';
import type { ProjectionLimits } from './limits.ts';

/** Progress with its pending load, and the rows of that where they are in memory. */
export interface FixedLoad {
  held: HeldProgress;
  batch?: RowBatch | undefined;
}

/**
 * Step 1: says, in a write of its own, which range is loaded next, how many events it has and under which id; where nothing has
 * come, that is what it says. Undefined when another run was faster.
 */
export async function fixNextRange(
  held: HeldProgress,
  through: Date,
  limits: ProjectionLimits,
): Promise<FixedLoad | undefined> {
  const { progress } = held;
  const { batch, isAll } = await nextRange(progress, through, limits);
  const latest = (moment: Date) => (moment > progress.through ? moment : progress.through);
  if (!batch.last) {
    return whole(await changeProgress(held, { suspect: null, ...(isAll && { through: latest(through) }) }));
  }
  const after = progress.position;
  const upTo = batch.last;
  // Of what shares the last event's millisecond something may be left.
  const loadedThrough = isAll ? through : new Date(upTo.recordedAt.toMillis() - 1);
  const pending: PendingLoad = {
    ...{ after, upTo, late: null, through: latest(loadedThrough), refused: refusedOf(batch) },
    ...{ reads: [batch.read], attempt: 0, jobId: jobIdOf(progress, { after, upTo, late: null }, 0) },
  };
  return whole(await changeProgress(held, { pending }), batch);
}

/** The same for events that were seen behind the cursor, in a range loaded before. */
export async function fixLate(
  held: HeldProgress,
  { after, upTo }: Pick<PendingLoad, 'after' | 'upTo'>,
  late: string[],
): Promise<FixedLoad | undefined> {
  const batch = new RowBatch();
  for (const event of await eventsOfIds(late)) batch.take(event);
  const pending: PendingLoad = {
    ...{ after, upTo, late, through: held.progress.through, refused: refusedOf(batch) },
    ...{ reads: [batch.read], attempt: 0, jobId: jobIdOf(held.progress, { after, upTo, late }, 0) },
  };
  return whole(await changeProgress(held, { pending }), batch);
}

/**
 * The rows of the pending load, read again from the log after a crash. Where the range has more by now, that is noted first, since
 * nobody knows which of the readings BigQuery got: the job itself says how many rows it loaded.
 */
export async function readAgain(held: HeldProgress, limits: ProjectionLimits): Promise<FixedLoad | undefined> {
  const { pending } = held.progress;
  if (!pending) return { held };
  const batch = new RowBatch(pending.refused);
  if (pending.late) for (const event of await eventsOfIds(pending.late)) batch.take(event);
  else await takeRange(batch, pending, limits);
  const last = pending.reads.at(-1);
  const isSame = last?.events === batch.read.events && last.rows === batch.read.rows && batch.misfits.length === 0;
  if (isSame) return { held, batch };
  const refused = [...pending.refused, ...refusedOf(batch)];
  const noted = { ...pending, refused, reads: [...pending.reads, batch.read] };
  return whole(await changeProgress(held, { pending: noted }), batch);
}

/** The id of a load of these events. */
export function jobIdOf(
  { begunAt }: WarehouseProgress,
  { after, upTo, late }: Pick<PendingLoad, 'after' | 'upTo' | 'late'>,
  attempt: number,
): string {
  return loadJobId([begunAt.toISOString(), textOf(after), textOf(upTo), ...(late ?? [])], attempt);
}

const refusedOf = ({ misfits }: RowBatch) => misfits.map(({ id }) => id);

const textOf = (position: LogPosition | null) =>
  position ? `${recordedText(position.recordedAt)} ${position.id}` : '';

const whole = (held: HeldProgress | undefined, batch?: RowBatch): FixedLoad | undefined => held && { held, batch };

async function nextRange(
  { position, suspect }: WarehouseProgress,
  through: Date,
  limits: ProjectionLimits,
): Promise<{ batch: RowBatch; isAll: boolean }> {
  const batch = new RowBatch();
  const maxEvents = suspect ? Math.ceil(suspect.events / 2) : limits.events;
  for (;;) {
    const after = batch.last ?? position ?? undefined;
    const page = Math.min(limits.page, maxEvents - batch.read.events);
    const events = suspect ? await eventsBetween(after, suspect.upTo, page) : await eventsAfter(after, through, page);
    for (const event of events) {
      if (batch.isFull({ ...limits, events: maxEvents })) return { batch, isAll: false };
      batch.take(event);
    }
    if (events.length < page) return { batch, isAll: !suspect };
    if (batch.isFull({ ...limits, events: maxEvents })) return { batch, isAll: false };
  }
}

async function takeRange(batch: RowBatch, { after, upTo }: PendingLoad, { page }: ProjectionLimits): Promise<void> {
  for (;;) {
    const events = await eventsBetween(batch.last ?? after ?? undefined, upTo, page);
    for (const event of events) batch.take(event);
    if (events.length < page) return;
  }
}

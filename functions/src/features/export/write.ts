import { z } from 'zod';
import type { AuditRecord } from '../../core/access/audit.ts';
import { AppError } from '../../core/errors.ts';
import {
  type ExportJob,
  failed,
  isUnfinished,
  MAX_ATTEMPTS,
  PART_BYTES,
  totalOf,
  type Written,
  withPart,
} from '../../core/export/job.ts';
import { now } from '../../platform/clock.ts';
import { changeExport, exportJobs } from '../../platform/exports.ts';
import { logOf } from '../../platform/logs.ts';
import { randomHex } from '../../platform/random.ts';
import { deleteObject, writeObject } from '../../platform/storage.ts';
import { auditOf } from './by.ts';
import { LAYOUTS } from './layouts.ts';
import { enqueueNextPart } from './request.ts';
import { sourceOf } from './source.ts';
import { noProgress, textsOf } from './texts.ts';

const log = logOf('export');
const taskSchema = z.strictObject({ exportId: z.string().regex(/^[A-Za-z0-9]{1,64}$/) });
/** The function may take 540 s; a part that takes longer than this ends early. */
const PART_MS = 240_000;

/**
 * Writes the next part of an export and has another task write the one after. A part counts once it is in the export's document,
 * which is only changed from what this task began with: a task that was killed or sent twice changes nothing for good. Throws for
 * trouble that another attempt may cure; after the last attempt the export has failed.
 */
export async function writeExport(payload: unknown, retryCount = 0): Promise<void> {
  const { exportId } = taskSchema.parse(payload);
  const job = (await exportJobs().doc(exportId).get()).data();
  if (!job || !isUnfinished(job, now())) return;
  try {
    await writeNextPart(job);
  } catch (error) {
    const isRefused = error instanceof AppError;
    if (!isRefused && retryCount < MAX_ATTEMPTS - 1) throw error;
    log.error('export given up', error, { exportId });
    await giveUp(job, isRefused ? error.message : 'It could not be written; ask again.');
  }
}

async function writeNextPart(job: ExportJob): Promise<void> {
  const written = await writtenPart(job);
  const next = await changeExport(
    job.id,
    (present) => (isAsBefore(present, job) ? withPart(present, written, now()) : undefined),
    endOf,
  );
  const present = next ?? (await exportJobs().doc(job.id).get()).data();
  // The database tries a commit again whose answer was lost, and finds the part counted: then it is ours all the same.
  if (present?.parts.some(({ path }) => path === written.part.path)) return enqueueNextPart(present);
  await deleteObject(written.part.path);
}

/** Whether nobody has written a part since, nor given it up. */
function isAsBefore(present: ExportJob, job: ExportJob): boolean {
  return present.parts.length === job.parts.length && isUnfinished(present, now());
}

/** What the audit log says of an export that has ended. */
function endOf(job: ExportJob): AuditRecord | undefined {
  if (job.status === 'done') return auditOf(job, 'export.ended', job.id, job.plan, totalOf(job));
  return job.status === 'failed' ? auditOf(job, 'export.failed', job.id, job.plan, totalOf(job)) : undefined;
}

/** Writes a file under a name of its own, so that of two tasks neither writes over what the other has made. */
async function writtenPart({ id, plan, parts, position }: ExportJob): Promise<Written> {
  const startedAtMs = performance.now();
  const number = String(parts.length + 1).padStart(5, '0');
  const path = `exports/${id}/part-${number}-${randomHex(4)}.${plan.format}`;
  const source = sourceOf(plan);
  const progress = noProgress();
  const first = await source.page(position);
  const isFull = () => progress.bytes >= PART_BYTES || performance.now() - startedAtMs > PART_MS;
  await writeObject(path, textsOf(source, plan, progress, { first, isFull }), LAYOUTS[plan.format].contentType);
  const { rows, bytes, units, next } = progress;
  return { part: { path, rows, bytes }, units, next };
}

async function giveUp(job: ExportJob, why: string): Promise<void> {
  await changeExport(job.id, (present) => (isAsBefore(present, job) ? failed(present, why, now()) : undefined), endOf);
}

import { AppError } from '../../core/errors.ts';
import {
  type ExportJob,
  isUnfinished,
  MAX_UNFINISHED,
  newJob,
  SAME_WITHIN_MS,
  taskIdOf,
} from '../../core/export/job.ts';
import type { ExportQuery, Plan } from '../../core/export/query.ts';
import { canonicalJson, sha256 } from '../../core/hash.ts';
import { recordAudit } from '../../platform/audit.ts';
import { now } from '../../platform/clock.ts';
import { exportJobs, exportsOf } from '../../platform/exports.ts';
import { firestore } from '../../platform/firestore.ts';
import { enqueue } from '../../platform/tasks.ts';
import { auditOf, type By } from './by.ts';

export const QUEUE = 'writeExport';
/** The newest exports of a user, among which those that count are. */
const RECENT = 30;

/**
 * Has a task write an export; the same question of the same user within a minute is the same export. Throws AppError
 * `limit_exceeded` when three of theirs are under way.
 */
export async function requestExport(by: By, query: ExportQuery, plan: Plan, units: number): Promise<ExportJob> {
  const at = now();
  const questionHash = sha256(canonicalJson(query));
  const ref = exportJobs().doc();
  const { uid, actor, from } = by;
  const wanted = newJob(ref.id, { uid, actor, from, plan, questionHash, units }, at);
  const job = await firestore().runTransaction(async (transaction) => {
    const recent = (await transaction.get(exportsOf(uid, RECENT))).docs.map((doc) => doc.data());
    const same = recent.find((each) => isSame(each, wanted));
    if (same) return same;
    assertRoom(recent, at);
    transaction.create(ref, wanted);
    recordAudit(transaction, auditOf(by, 'export.started', ref.id, plan, { units }));
    return wanted;
  });
  await enqueueNextPart(job);
  return job;
}

/** Sees to it that a task comes for the next part. Doing so again changes nothing. */
export async function enqueueNextPart(job: ExportJob): Promise<void> {
  const at = now();
  if (isUnfinished(job, at)) await enqueue({ queue: QUEUE, id: taskIdOf(job, at), data: { exportId: job.id } });
}

function isSame(other: ExportJob, wanted: ExportJob): boolean {
  const apartMs = wanted.createdAt.getTime() - other.createdAt.getTime();
  return other.questionHash === wanted.questionHash && other.status !== 'failed' && apartMs < SAME_WITHIN_MS;
}

function assertRoom(recent: readonly ExportJob[], at: Date): void {
  const used = recent.filter((job) => isUnfinished(job, at)).length;
  if (used < MAX_UNFINISHED) return;
  throw new AppError('limit_exceeded', `${used} exports of yours are being written; wait for one to end.`, [], {
    ...{ limit: 'unfinished_exports', allowed: MAX_UNFINISHED, used },
    freesAt: new Date(at.getTime() + 30_000),
  });
}

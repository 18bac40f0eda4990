import type { AuditRecord } from '../core/access/audit.ts';
import type { ExportJob } from '../core/export/job.ts';
import { shardOf } from '../core/shard.ts';
import { recordAudit } from './audit.ts';
import type { LogPosition } from './eventLog.ts';
import { firestore, plainConverter, type Query, Timestamp } from './firestore.ts';

/** `exports`: exports that a task writes to Cloud Storage; Firestore deletes them by TTL. */
export const exportJobs = () => firestore().collection('exports').withConverter(plainConverter<ExportJob>());

/** The exports of a user, newest first. */
export function exportsOf(uid: string, limit: number): Query<ExportJob> {
  const own = exportJobs().where('shard', '==', shardOf(uid)).where('uid', '==', uid);
  return own.orderBy('createdAt', 'desc').limit(limit);
}

/**
 * Changes an export, if it is there and `change` answers what it becomes; `undefined` leaves it as it is. What `told` says of
 * that goes into the audit log with it. Answers what it became.
 */
export function changeExport(
  id: string,
  change: (job: ExportJob) => ExportJob | undefined,
  told: (next: ExportJob) => AuditRecord | undefined,
): Promise<ExportJob | undefined> {
  return firestore().runTransaction(async (transaction) => {
    const job = (await transaction.get(exportJobs().doc(id))).data();
    const next = job && change(job);
    if (!next) return undefined;
    transaction.set(exportJobs().doc(id), next);
    const record = told(next);
    if (record) recordAudit(transaction, record);
    return next;
  });
}

/** A place in the log as text. */
export function textOfPosition({ recordedAt, id }: LogPosition): string {
  return `${recordedAt.seconds}.${recordedAt.nanoseconds}/${id}`;
}

/** The place that a text of `textOfPosition` tells. Throws for any other. */
export function positionOfText(text: string): LogPosition {
  const [, seconds, nanoseconds, id] = /^(-?\d+)\.(\d+)\/(.+)$/s.exec(text) ?? [];
  if (id === undefined) throw new Error('not a position in the log');
  return { recordedAt: new Timestamp(Number(seconds), Number(nanoseconds)), id };
}

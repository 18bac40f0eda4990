import type { AuditRecord } from '../core/access/audit.ts';
import { shardOf } from '../core/shard.ts';
import type { Writes } from './collections.ts';
import { FieldValue, firestore } from './firestore.ts';
import { currentRequestId } from './logs.ts';

/** `audit_log`: who did what; documents are only ever created. The shard is that of the target's id. */
export const auditLog = () => firestore().collection('audit_log');

/** Adds an entry to the audit log, together with the change that it tells of. */
export function recordAudit(writes: Writes, record: AuditRecord, place = auditLog().doc()): void {
  writes.create(place, {
    ...record,
    shard: shardOf(record.target.id),
    requestId: currentRequestId(),
    at: FieldValue.serverTimestamp(),
  });
}

import type { AuditRecord } from '../../core/access/audit.ts';
import { AppError } from '../../core/errors.ts';
import { ALL_SHARDS, shardOf } from '../../core/shard.ts';
import { auditLog } from '../../platform/audit.ts';
import { FieldPath, plainConverter, type Query, Timestamp } from '../../platform/firestore.ts';

/** A record as the audit log holds it. */
export interface AuditEntry extends AuditRecord {
  id: string;
  at: Date;
  requestId?: string;
}

export interface AuditQuery {
  limit: number;
  cursor?: string | undefined;
  /** Id of what was changed. */
  target?: string | undefined;
  /** Uid of who did it. */
  actor?: string | undefined;
}

export interface AuditPage {
  entries: AuditEntry[];
  /** Where the next page begins; absent on the last one. */
  nextCursor?: string;
}

/** A page of the audit log, newest first. Throws `invalid_request` for a cursor that is not ours. */
export async function readAuditLog({ limit, cursor, target, actor }: AuditQuery): Promise<AuditPage> {
  let query: Query<AuditEntry> = auditLog().withConverter(plainConverter<AuditEntry>());
  query =
    target === undefined
      ? query.where('shard', 'in', ALL_SHARDS)
      : query.where('shard', '==', shardOf(target)).where('target.id', '==', target);
  if (actor !== undefined) query = query.where('actor.uid', '==', actor);
  query = query
    .orderBy('at', 'desc')
    .orderBy(FieldPath.documentId(), 'desc')
    .limit(limit + 1);
  if (cursor !== undefined) query = query.startAfter(...decode(cursor));
  const found = await query.get();
  const page = found.docs.slice(0, limit);
  const last = page.at(-1);
  return {
    entries: page.map((doc) => doc.data()),
    ...(last && found.size > limit && { nextCursor: encode(last.get('at'), last.id) }),
  };
}

/** To the nanosecond, for several entries may be of the same millisecond. */
function encode(at: Timestamp, id: string): string {
  return Buffer.from(`${at.seconds}.${at.nanoseconds}/${id}`).toString('base64url');
}

function decode(cursor: string): [Timestamp, string] {
  const text = Buffer.from(cursor, 'base64url').toString();
  const [, seconds, nanoseconds, id] = /^(\d{1,11})\.(\d{1,9})\/([A-Za-z0-9]{1,64})$/.exec(text) ?? [];
  if (id === undefined) {
    throw new AppError('invalid_request', 'The cursor is not one of ours.', [{ path: 'cursor', message: 'unknown' }]);
  }
  return [new Timestamp(Number(seconds), Number(nanoseconds)), id];
}

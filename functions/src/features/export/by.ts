import type { AuditActor, AuditRecord, AuditValue } from '../../core/access/audit.ts';
import type { Plan } from '../../core/export/query.ts';
import { canonicalJson } from '../../core/hash.ts';
import { recordAudit } from '../../platform/audit.ts';
import { firestore } from '../../platform/firestore.ts';

/** Who exports: a user, perhaps by a key, and from which address. */
export interface By {
  uid: string;
  actor: AuditActor;
  from: string;
}

/** What the audit log says of an export. */
export function auditOf(
  { actor, from }: Pick<By, 'actor' | 'from'>,
  action: 'export.started' | 'export.ended' | 'export.failed',
  id: string,
  plan: Plan,
  more: Record<string, AuditValue>,
): AuditRecord {
  const question = JSON.parse(canonicalJson(plan)) as Record<string, AuditValue>;
  return { actor, action, target: { type: 'export', id }, after: { ...question, ...more }, from };
}

/** Writes an entry of its own into the audit log. */
export async function writeAudit(record: AuditRecord): Promise<void> {
  const batch = firestore().batch();
  recordAudit(batch, record);
  await batch.commit();
}

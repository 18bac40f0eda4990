import type { AuditActor } from '../../core/access/audit.ts';

/** Who administers, for the audit log. */
export interface By {
  actor: AuditActor;
  /** The address that it came from, or `cli`. */
  from: string;
}

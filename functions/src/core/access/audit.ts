import type { Actor, Role } from '../actor.ts';

/** How long a reason can be. */
export const MAX_REASON_CHARS = 500;

/** Who did something: a user, perhaps by a key, or a person at a terminal. */
export type AuditActor = { uid: string; keyId?: string; role?: Role } | { cli: string };

export type AuditValue =
  | string
  | number
  | boolean
  | null
  | Date
  | readonly AuditValue[]
  | { [field: string]: AuditValue };

/** One entry of the audit log: who did what to what, and what that changed. It never holds a secret or a prompt. */
export interface AuditRecord {
  actor: AuditActor;
  /** Such as `api_key.created`. */
  action: string;
  target: { type: string; id: string };
  /** Only the fields that changed. */
  before?: Record<string, AuditValue>;
  after?: Record<string, AuditValue>;
  /** Why, in the words of whoever did it. */
  reason?: string;
  /** The address that it came from, or `cli`. */
  from: string;
}

/** How an actor stands in the audit log. */
export function auditActor({ uid, role, key }: Actor): AuditActor {
  return { uid, ...(key && { keyId: key.id }), ...(role && { role }) };
}

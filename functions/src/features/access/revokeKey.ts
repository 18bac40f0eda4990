import { auditActor } from '../../core/access/audit.ts';
import { type ApiKey, statusOf } from '../../core/access/key.ts';
import type { Actor } from '../../core/actor.ts';
import { recordAudit } from '../../platform/audit.ts';
import { now } from '../../platform/clock.ts';
import { apiKeys } from '../../platform/collections.ts';
import { firestore } from '../../platform/firestore.ts';
import { noSuchKey } from './noSuchKey.ts';

/** Ends a key of the actor's own, or for an admin anybody's, from the next request on; again, it changes nothing. Throws `not_found`. */
export async function revokeKey(actor: Actor, from: string, id: string): Promise<ApiKey> {
  const ref = apiKeys().doc(id);
  return firestore().runTransaction(async (transaction) => {
    const before = (await transaction.get(ref)).data();
    if (!before || (before.uid !== actor.uid && actor.role !== 'admin')) throw noSuchKey();
    const at = now();
    const status = statusOf(before, at);
    if (status === 'revoked') return before;
    const next: ApiKey = { ...before, retired: [], revokedAt: at, endsAt: status === 'expired' ? before.endsAt : at };
    transaction.set(ref, next);
    recordAudit(transaction, {
      actor: auditActor(actor),
      action: 'api_key.revoked',
      target: { type: 'api_key', id },
      before: { status },
      after: { status: 'revoked', uid: before.uid },
      from,
    });
    return next;
  });
}

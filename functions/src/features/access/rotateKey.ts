import { auditActor } from '../../core/access/audit.ts';
import { hashOfSecret, keyText, rotated } from '../../core/access/key.ts';
import type { Actor } from '../../core/actor.ts';
import { recordAudit } from '../../platform/audit.ts';
import { now } from '../../platform/clock.ts';
import { apiKeys } from '../../platform/collections.ts';
import { firestore } from '../../platform/firestore.ts';
import { randomHex } from '../../platform/random.ts';
import { SECRET_BYTES, type ShownKey } from './createKey.ts';
import { noSuchKey } from './noSuchKey.ts';

const HOUR_MS = 3_600_000;

/**
 * Gives a key of the actor's own another secret; the old one is taken for `graceHours` more. Not even an admin can do
 * that to somebody else's key, for they would see the secret. Throws `not_found`, or `conflict` for an ended key.
 */
export async function rotateKey(actor: Actor, from: string, id: string, graceHours: number): Promise<ShownKey> {
  const secret = randomHex(SECRET_BYTES);
  const ref = apiKeys().doc(id);
  const key = await firestore().runTransaction(async (transaction) => {
    const before = (await transaction.get(ref)).data();
    if (before?.uid !== actor.uid) throw noSuchKey();
    const next = rotated(before, hashOfSecret(id, secret), graceHours * HOUR_MS, now());
    transaction.set(ref, next);
    recordAudit(transaction, {
      actor: auditActor(actor),
      action: 'api_key.rotated',
      target: { type: 'api_key', id },
      before: { secretSince: before.secretSince, expiresAt: before.expiresAt },
      after: { secretSince: next.secretSince, expiresAt: next.expiresAt, graceHours },
      from,
    });
    return next;
  });
  return { key, text: keyText(id, secret) };
}

import { type AuditRecord, auditActor } from '../../core/access/audit.ts';
import { type ApiKey, expiryOf, hashOfSecret, keyText, MAX_LIVE_KEYS } from '../../core/access/key.ts';
import { mayUse } from '../../core/access/scopes.ts';
import type { Actor, Scope } from '../../core/actor.ts';
import { AppError } from '../../core/errors.ts';
import { shardOf } from '../../core/shard.ts';
import { recordAudit } from '../../platform/audit.ts';
import { now } from '../../platform/clock.ts';
import { apiKeys } from '../../platform/collections.ts';
import { firestore } from '../../platform/firestore.ts';
import { randomHex } from '../../platform/random.ts';

/** 192 bits. */
export const SECRET_BYTES = 24;

export interface KeyWish {
  name: string;
  scopes: readonly Scope[];
  expiresAt?: Date;
  expiresInDays?: number;
}

/** A key and its text, which is nowhere kept. */
export interface ShownKey {
  key: ApiKey;
  text: string;
}

/**
 * Makes an API key of the actor's own. Throws `forbidden` for a scope that their role has no use for, `invalid_request`
 * for an impossible end, `conflict` when they have 20 live keys.
 */
export async function createKey(actor: Actor, from: string, wish: KeyWish): Promise<ShownKey> {
  const beyond = wish.scopes.filter((scope) => !mayUse(scope, actor.role));
  if (beyond.length > 0) throw new AppError('forbidden', `Your role does not allow the scope ${beyond.join(', ')}.`);
  const secret = randomHex(SECRET_BYTES);
  const at = now();
  const ref = apiKeys().doc();
  const expiresAt = expiryOf(wish, at);
  const key: ApiKey = {
    ...{ id: ref.id, uid: actor.uid, shard: shardOf(actor.uid), name: wish.name, scopes: [...new Set(wish.scopes)] },
    ...{ secretHash: hashOfSecret(ref.id, secret), retired: [] },
    ...{ createdAt: at, secretSince: at, expiresAt, endsAt: expiresAt },
  };
  await firestore().runTransaction(async (transaction) => {
    const live = await transaction.get(liveKeysOf(actor.uid, at));
    if (live.size >= MAX_LIVE_KEYS) {
      throw new AppError('conflict', `You have ${MAX_LIVE_KEYS} API keys; revoke one first.`);
    }
    transaction.create(ref, key);
    recordAudit(transaction, created(actor, from, key));
  });
  return { key, text: keyText(key.id, secret) };
}

function liveKeysOf(uid: string, at: Date) {
  return apiKeys()
    .where('shard', '==', shardOf(uid))
    .where('uid', '==', uid)
    .where('endsAt', '>', at)
    .orderBy('endsAt', 'desc')
    .limit(MAX_LIVE_KEYS);
}

function created(actor: Actor, from: string, { id, uid, name, scopes, expiresAt }: ApiKey): AuditRecord {
  return {
    actor: auditActor(actor),
    action: 'api_key.created',
    target: { type: 'api_key', id },
    after: { uid, name, scopes, expiresAt },
    from,
  };
}

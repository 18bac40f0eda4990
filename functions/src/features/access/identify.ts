import { checkSecret, isUseToNote, parseKey } from '../../core/access/key.ts';
import { effectiveScopes } from '../../core/access/scopes.ts';
import type { Actor } from '../../core/actor.ts';
import { AppError } from '../../core/errors.ts';
import { FIRST_ADMIN_UID } from '../../params.ts';
import { perApp } from '../../platform/app.ts';
import { type Claims, holderOfIdToken } from '../../platform/auth.ts';
import { now } from '../../platform/clock.ts';
import { apiKeys } from '../../platform/collections.ts';
import { ownerOf } from './accountOf.ts';
import { BoundedMap } from './boundedMap.ts';
import { noteUse } from './noteUse.ts';

/** What a caller sends to say who they are. */
export type Credential = { kind: 'id_token' | 'api_key'; text: string };

/** Who a credential belongs to, their account not looked at yet. */
export interface Identity {
  actor: Actor;
  /** When the ID token was issued; absent for keys, which are read anew each time. */
  issuedAt?: Date;
  /** When the ID token ends, by the real clock; absent for keys. */
  expiresAt?: Date;
}

/** Hashes of secrets that opened a key at their last use here. */
const opened = perApp(() => new BoundedMap<string, true>(1_000));

/** Whether this instance has seen this key work, so that it is no guess. */
export function isKnownKey({ kind, text }: Credential): boolean {
  return kind === 'api_key' && opened().get(parseKey(text)?.secretHash ?? '') === true;
}

/** Finds out who sent this. Throws `unauthenticated`, or `suspended` where Auth says that. Reads nothing for an ID token, one document for a key. */
export async function identify({ kind, text }: Credential): Promise<Identity> {
  if (kind === 'api_key') return { actor: await actorOfKey(text) };
  const { issuedAt, expiresAt, ...holder } = await holderOfIdToken(text);
  return { actor: actorWith(holder), issuedAt, expiresAt };
}

async function actorOfKey(text: string): Promise<Actor> {
  const parsed = parseKey(text);
  if (!parsed) throw refused('The API key is not valid.');
  const snapshot = await apiKeys().doc(parsed.id).get();
  const key = snapshot.data();
  const opening = key ? checkSecret(key, parsed.secretHash, now()) : 'wrong';
  if (!key || opening !== 'active') {
    opened().delete(parsed.secretHash);
    throw refused(opening === 'wrong' ? 'The API key is not valid.' : `The API key is ${opening}.`);
  }
  const user = await ownerOf(key.uid);
  if (!user || user.disabled) {
    opened().delete(parsed.secretHash);
    if (user) throw new AppError('suspended', 'The account that this API key belongs to is suspended.');
    throw refused('The owner of this API key is no more.');
  }
  opened().set(parsed.secretHash, true);
  if (isUseToNote(key, now())) await noteUse(snapshot);
  const owner = actorWith(user);
  return { ...owner, key: { id: key.id, scopes: effectiveScopes(key.scopes, owner.role) } };
}

function actorWith({ uid, premium, role: claimed }: Claims & { uid: string }): Actor {
  const role = uid === FIRST_ADMIN_UID.value() ? 'admin' : claimed;
  return { uid, premium, ...(role && { role }) };
}

function refused(message: string): AppError {
  return new AppError('unauthenticated', message);
}

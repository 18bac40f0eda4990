import { timingSafeEqual } from 'node:crypto';
import type { Scope } from '../actor.ts';
import { AppError } from '../errors.ts';
import { sha256 } from '../hash.ts';

const DAY_MS = 86_400_000;
export const DEFAULT_LIFETIME_DAYS = 90;
export const MAX_LIFETIME_DAYS = 365;
/** Live keys that one user may have. */
export const MAX_LIVE_KEYS = 20;
/** Secrets of one key that may be in their time of grace at once. */
export const MAX_RETIRED_SECRETS = 5;
const USE_NOTED_EVERY_MS = 10 * 60_000;

/** A secret that was replaced and is taken until its grace ends. */
export interface RetiredSecret {
  secretHash: string;
  validUntil: Date;
}

/** One API key as `api_keys/{id}` holds it: its secret only as a hash. */
export interface ApiKey {
  id: string;
  uid: string;
  shard: number;
  name: string;
  scopes: Scope[];
  secretHash: string;
  retired: RetiredSecret[];
  createdAt: Date;
  /** When the present secret was made. */
  secretSince: Date;
  expiresAt: Date;
  revokedAt?: Date;
  /** When it stopped or stops being live: revoked, or else expired. */
  endsAt: Date;
  /** To within ten minutes. */
  lastUsedAt?: Date;
}

/** The text of a key, shown once. `secretHex` is 24 random bytes in hex. */
export function keyText(id: string, secretHex: string): string {
  return `dly_${id}_${secretHex}`;
}

/** The parts of a key's text; undefined for what is none. */
export function parseKey(text: string): { id: string; secretHash: string } | undefined {
  const [, id, secret] = /^dly_([A-Za-z0-9]{20})_([0-9a-f]{48})$/.exec(text) ?? [];
  return id === undefined || secret === undefined ? undefined : { id, secretHash: hashOfSecret(id, secret) };
}

/** What is stored of a secret. A plain hash is enough for 192 random bits: there is no guessing them. */
export function hashOfSecret(id: string, secretHex: string): string {
  return sha256('api-key', id, secretHex);
}

export type KeyStatus = 'active' | 'expired' | 'revoked';

/** What became of a key. */
export function statusOf({ revokedAt, expiresAt }: Pick<ApiKey, 'revokedAt' | 'expiresAt'>, now: Date): KeyStatus {
  if (revokedAt) return 'revoked';
  return expiresAt <= now ? 'expired' : 'active';
}

/** Whether this secret opens the key now. An ended key says so only to whoever has the right secret. */
export function checkSecret(key: ApiKey, secretHash: string, now: Date): KeyStatus | 'wrong' | 'replaced' {
  const retired = key.retired.find((entry) => sameHash(entry.secretHash, secretHash));
  if (!retired && !sameHash(key.secretHash, secretHash)) return 'wrong';
  const status = statusOf(key, now);
  return status === 'active' && retired && retired.validUntil <= now ? 'replaced' : status;
}

/** Whether a use at `now` is worth a write. */
export function isUseToNote({ lastUsedAt }: Pick<ApiKey, 'lastUsedAt'>, now: Date): boolean {
  return !lastUsedAt || now.getTime() - lastUsedAt.getTime() >= USE_NOTED_EVERY_MS;
}

/** When a new key ends. Throws `invalid_request` unless that is ahead by at most 365 days; 90 days unless told otherwise. */
export function expiryOf(wish: { expiresAt?: Date; expiresInDays?: number }, now: Date): Date {
  const { expiresAt, expiresInDays } = wish;
  if (expiresAt && expiresInDays !== undefined) throw badExpiry('give expiresAt or expiresInDays, not both');
  if (!expiresAt) return new Date(now.getTime() + (expiresInDays ?? DEFAULT_LIFETIME_DAYS) * DAY_MS);
  if (expiresAt <= now) throw badExpiry('must be ahead');
  if (expiresAt.getTime() > now.getTime() + MAX_LIFETIME_DAYS * DAY_MS) {
    throw badExpiry(`must be within ${MAX_LIFETIME_DAYS} days`);
  }
  return expiresAt;
}

/**
 * The key with another secret: the old ones are taken until `graceMs` from now, at most until they would have ended, and
 * the key lives on for as long as it was given at first. Throws `conflict` for a key that has ended.
 */
export function rotated(key: ApiKey, secretHash: string, graceMs: number, now: Date): ApiKey {
  const status = statusOf(key, now);
  if (status !== 'active') throw new AppError('conflict', `The key is ${status}; make another.`);
  const validUntil = new Date(Math.min(now.getTime() + graceMs, key.expiresAt.getTime()));
  const retired = [...key.retired, { secretHash: key.secretHash, validUntil }].filter((old) => old.validUntil > now);
  if (retired.length > MAX_RETIRED_SECRETS) {
    throw new AppError('conflict', `${MAX_RETIRED_SECRETS} earlier secrets of this key are still valid; revoke it.`);
  }
  const lifetimeMs = key.expiresAt.getTime() - key.secretSince.getTime();
  const expiresAt = new Date(now.getTime() + lifetimeMs);
  return { ...key, secretHash, retired, secretSince: now, expiresAt, endsAt: expiresAt };
}

function sameHash(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}

function badExpiry(message: string): AppError {
  return new AppError('invalid_request', 'The key cannot end then.', [{ path: 'expiresAt', message }]);
}

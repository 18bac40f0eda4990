import type { Account } from '../../core/account/account.ts';
import { perApp } from '../../platform/app.ts';
import { type AuthUser, userOf } from '../../platform/auth.ts';
import { now } from '../../platform/clock.ts';
import { users } from '../../platform/collections.ts';
import { BoundedMap } from './boundedMap.ts';

const KEPT_MS = 30_000;
const MAX_KEPT = 5_000;

/** Answers of `load` by uid, used again for 30 s; callers at the same time share one. */
function kept<T>(load: (uid: string) => Promise<T>) {
  const entries = perApp(() => new BoundedMap<string, { atMs: number; value: Promise<T> }>(MAX_KEPT));
  return {
    of(uid: string): Promise<T> {
      const nowMs = now().getTime();
      const entry = entries().get(uid);
      if (entry && nowMs < entry.atMs + KEPT_MS) return entry.value;
      const value = load(uid);
      entries().set(uid, { atMs: nowMs, value });
      value.catch(() => entries().delete(uid));
      return value;
    },
    forget: (uid: string) => entries().delete(uid),
  };
}

const accounts = kept<Account | undefined>(async (uid) => (await users().doc(uid).get()).data());
const owners = kept<AuthUser | undefined>(userOf);

/** The account of a user as it was at most 30 s ago; undefined for somebody who has never asked for anything. */
export const accountOf = accounts.of;

/** The owner of an API key as they were at most 30 s ago; undefined when there is no such user any more. */
export const ownerOf = owners.of;

/** Makes the next request of this user, on this instance, see them as they are now. */
export function forgetAccount(uid: string): void {
  accounts.forget(uid);
  owners.forget(uid);
}

import { type Usage, usageOf } from '../../core/account/limits.ts';
import type { LedgerEntry } from '../../core/credit/ledger.ts';
import type { TierLimits } from '../../core/settings/settings.ts';
import { now } from '../../platform/clock.ts';
import { users } from '../../platform/collections.ts';
import { ledgerOf } from '../credits/index.ts';
import { currentSettings } from '../settings/index.ts';
import { authUser, type User } from './user.ts';

/** Ledger entries shown with a user. */
const MAX_ENTRIES = 20;

/** One user with what there is to know before doing something about them. */
export interface UserDetails extends User {
  limits: TierLimits;
  /** Absent without an account. */
  usage?: Usage;
  /** The latest, newest first. */
  ledger: LedgerEntry[];
}

/** One user by uid or e-mail address. Throws `not_found`. */
export async function getUser(uidOrEmail: string): Promise<UserDetails> {
  const auth = await authUser(uidOrEmail);
  const [snapshot, { entries }, { limits }] = await Promise.all([
    users().doc(auth.uid).get(),
    ledgerOf(auth.uid, { limit: MAX_ENTRIES }),
    currentSettings(),
  ]);
  const account = snapshot.data();
  return {
    auth,
    limits: limits[auth.premium ? 'premium' : 'free'],
    ledger: entries,
    ...(account && { account, usage: usageOf(account, now()) }),
  };
}

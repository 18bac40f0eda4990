import { type Account, newAccount, type Tier } from '../../core/account/account.ts';
import type { Role } from '../../core/actor.ts';
import { AppError } from '../../core/errors.ts';
import { FIRST_ADMIN_UID } from '../../params.ts';
import { type AuthUser, findAuthUser } from '../../platform/auth.ts';
import { now } from '../../platform/clock.ts';
import { isLocked } from './claims.ts';

/** A user: how Auth knows them, and their account if they have ever asked for anything or been given something. */
export interface User {
  auth: AuthUser;
  account?: Account;
}

/** A user for people and for the API: times are ISO 8601. */
export interface UserView {
  uid: string;
  email?: string;
  role?: Role;
  tier: Tier;
  suspended?: { at: string; reason?: string };
  /** True: a change of role or tier has stopped half way, and keeps the user out until it is repeated. */
  halfChanged?: true;
  /** True: cannot sign in at Firebase Auth. */
  disabled: boolean;
  availableCredits: number;
  heldCredits: number;
  openGenerations: number;
  /** False before the first request, which is when the credits of a new account are booked. */
  hasAccount: boolean;
  createdAt: string;
  lastUsedAt?: string;
}

/** A user of Auth by uid or e-mail address. Throws `not_found`. */
export async function authUser(uidOrEmail: string): Promise<AuthUser> {
  const found = await findAuthUser(uidOrEmail);
  if (!found) throw new AppError('not_found', `There is no user ${uidOrEmail}.`);
  return found;
}

/** Whether a param makes this user an admin, whatever their claims say. */
export function isFirstAdmin(uid: string): boolean {
  return uid === FIRST_ADMIN_UID.value();
}

/** What is shown of a user. */
export function userView({ auth, account }: User): UserView {
  const role = isFirstAdmin(auth.uid) ? 'admin' : auth.role;
  const tier = auth.premium ? 'premium' : 'free';
  const { balance, openGenerations, suspendedAt, suspendedFor } = account ?? newAccount(auth.uid, tier, now());
  return {
    uid: auth.uid,
    ...(auth.email !== undefined && { email: auth.email }),
    ...(role && { role }),
    tier,
    ...(suspendedAt && {
      suspended: { at: suspendedAt.toISOString(), ...(suspendedFor !== undefined && { reason: suspendedFor }) },
    }),
    ...(account && isLocked(account) && { halfChanged: true }),
    disabled: auth.disabled,
    ...balance,
    openGenerations,
    hasAccount: account !== undefined,
    createdAt: auth.createdAt.toISOString(),
    ...(auth.lastUsedAt && { lastUsedAt: auth.lastUsedAt.toISOString() }),
  };
}

import { type Auth, getAuth, type UserRecord } from 'firebase-admin/auth';
import { ROLES, type Role } from '../core/actor.ts';
import { AppError } from '../core/errors.ts';
import { app } from './app.ts';
import { logOf } from './logs.ts';

const log = logOf('auth');

/** What a user's custom claims say. */
export interface Claims {
  role?: Role;
  premium: boolean;
}

/** Who holds an ID token, and since when. */
export interface TokenHolder extends Claims {
  uid: string;
  /** By the real clock, in whole seconds. */
  issuedAt: Date;
  expiresAt: Date;
}

/** Who holds this Firebase ID token. Throws `unauthenticated` when it is not valid now; `suspended` where Auth says that. */
export async function holderOfIdToken(idToken: string): Promise<TokenHolder> {
  const token = await verify(idToken);
  const { uid, iat, exp } = token;
  return { uid, issuedAt: new Date(iat * 1_000), expiresAt: new Date(exp * 1_000), ...claimsIn(token) };
}

/** A user as Firebase Auth has them. */
export interface AuthUser extends Claims {
  uid: string;
  email?: string;
  /** True: cannot sign in, nor get another ID token. */
  disabled: boolean;
  createdAt: Date;
  /** When they last signed in or got another ID token; absent before the first time. */
  lastUsedAt?: Date;
}

/** A user by uid or e-mail address; undefined when there is none. Throws `unavailable` when Auth does not answer. */
export async function findAuthUser(uidOrEmail: string): Promise<AuthUser | undefined> {
  const byUid = await lookedUp((auth) => auth.getUser(uidOrEmail));
  return byUid || !uidOrEmail.includes('@') ? byUid : lookedUp((auth) => auth.getUserByEmail(uidOrEmail));
}

/** A user by uid; undefined when there is none any more. Throws `unavailable` when Auth does not answer. */
export function userOf(uid: string): Promise<AuthUser | undefined> {
  return lookedUp((auth) => auth.getUser(uid));
}

/**
 * A page of all users in the order of Auth, at most 1,000. Throws `invalid_request` for a cursor that is not from Auth,
 * `unavailable` when Auth does not answer.
 */
export async function authUserPage(
  limit: number,
  cursor: string | undefined,
): Promise<{ users: AuthUser[]; nextCursor?: string }> {
  try {
    const { users, pageToken } = await getAuth(app()).listUsers(limit, cursor);
    return { users: users.map(authUserOf), ...(pageToken !== undefined && { nextCursor: pageToken }) };
  } catch (error) {
    if (!hasCode(error, 'auth/invalid-page-token')) throw noAnswer(error);
    throw new AppError('invalid_request', 'The cursor is not one of ours.', [{ path: 'cursor', message: 'unknown' }]);
  }
}

/** Sets what the user's next ID tokens say of their role and tier; claims that this system does not know stay. */
export async function setClaims(uid: string, { role, premium }: Claims): Promise<void> {
  const auth = getAuth(app());
  const { role: _role, premium: _premium, ...others } = (await auth.getUser(uid)).customClaims ?? {};
  await auth.setCustomUserClaims(uid, { ...others, premium, ...(role && { role }) });
}

/** Lets a user sign in, or not. */
export async function setDisabled(uid: string, disabled: boolean): Promise<void> {
  await getAuth(app()).updateUser(uid, { disabled });
}

async function lookedUp(find: (auth: Auth) => Promise<UserRecord>): Promise<AuthUser | undefined> {
  try {
    return authUserOf(await find(getAuth(app())));
  } catch (error) {
    if (hasCode(error, 'auth/user-not-found', 'auth/invalid-uid', 'auth/invalid-email')) return undefined;
    throw noAnswer(error);
  }
}

function noAnswer(cause: unknown): AppError {
  log.error('users cannot be looked up', cause);
  return new AppError('unavailable', 'Users cannot be looked up at the moment; try again.');
}

function authUserOf({ uid, email, disabled, customClaims, metadata }: UserRecord): AuthUser {
  const uses = [metadata.lastSignInTime, metadata.lastRefreshTime].flatMap((time) => (time ? [Date.parse(time)] : []));
  return {
    ...{ uid, disabled, createdAt: new Date(metadata.creationTime), ...claimsIn(customClaims ?? {}) },
    ...(email !== undefined && { email }),
    ...(uses.length > 0 && { lastUsedAt: new Date(Math.max(...uses)) }),
  };
}

function hasCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}

function claimsIn(claims: Record<string, unknown>): Claims {
  const role = ROLES.find((known) => known === claims.role);
  return { premium: claims.premium === true, ...(role && { role }) };
}

async function verify(idToken: string) {
  try {
    return await getAuth(app()).verifyIdToken(idToken);
  } catch (error) {
    const isTokenTrouble = error instanceof Error && 'code' in error && String(error.code).startsWith('auth/');
    if (!isTokenTrouble) throw error;
    // The library gives an outage of Google's key server the code of a bad token; only its words tell them apart.
    if (/public keys|fetching/i.test(error.message)) {
      log.error('ID tokens cannot be checked', error);
      throw new AppError('unavailable', 'Sign-ins cannot be checked at the moment; try again.');
    }
    // Only the Auth emulator looks the user up; in the cloud the account says so, with the same answer.
    if (hasCode(error, 'auth/user-disabled')) throw new AppError('suspended', 'This account is suspended.');
    // Whatever else is wrong with a token, the caller's remedy is the same.
    throw new AppError('unauthenticated', 'The ID token is not valid; sign in again.');
  }
}

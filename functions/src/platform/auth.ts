import { getAuth } from 'firebase-admin/auth';
import { type Actor, ROLES } from '../core/actor.ts';
import { AppError } from '../core/errors.ts';
import { app } from './app.ts';
import { logOf } from './logs.ts';

const log = logOf('auth');

/** Who holds this Firebase ID token. Throws `unauthenticated` when it is not valid now. */
export async function actorOfIdToken(idToken: string): Promise<Actor> {
  const claims = await verify(idToken);
  const role = ROLES.find((known) => known === claims.role);
  return { uid: claims.uid, premium: claims.premium === true, ...(role && { role }) };
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
    // Whatever else is wrong with a token, the caller's remedy is the same.
    throw new AppError('unauthenticated', 'The ID token is not valid; sign in again.');
  }
}

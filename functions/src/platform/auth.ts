import { getAuth } from 'firebase-admin/auth';
import { type Actor, ROLES } from '../core/actor.ts';
import { AppError } from '../core/errors.ts';
import { app } from './app.ts';

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
    // Whatever is wrong with a token, the caller's remedy is the same: sign in again. Other trouble is not theirs.
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('auth/')) {
      throw new AppError('unauthenticated', 'The ID token is not valid; sign in again.');
    }
    throw error;
  }
}

import type { Account } from '../../core/account/account.ts';
import { setClaims } from '../../platform/auth.ts';
import { wallClock } from '../../platform/clock.ts';
import { users } from '../../platform/collections.ts';
import { firestore } from '../../platform/firestore.ts';
import { forgetAccount } from '../access/index.ts';

/** Stands in `tokensValidFrom` while the claims are being changed: no ID token is good. */
const NOT_YET = new Date('9999-01-01T00:00:00.000Z');
/** How often the claims are set anew because somebody else changed the role meanwhile. */
const MAX_TRIES = 8;

/**
 * The account with no ID token accepted. Written with the wish to change claims, before them: should the change stop half
 * way, the user can do nothing until it is repeated, and nobody keeps what was taken from them.
 */
export function locked(account: Account): Account {
  return { ...account, tokensValidFrom: NOT_YET };
}

/** Whether a change of this user's claims is under way, or has stopped half way. */
export function isLocked({ tokensValidFrom }: Account): boolean {
  return tokensValidFrom?.getTime() === NOT_YET.getTime();
}

/**
 * Makes a locked user's claims say what the account says, and lets them in again with ID tokens issued from now on (by the
 * real clock, for that is what is in them).
 */
export async function unlock({ id, tier, role: decided }: Account): Promise<void> {
  const ref = users().doc(id);
  let role = decided;
  for (let tries = 1; tries <= MAX_TRIES; tries++) {
    await setClaims(id, { premium: tier === 'premium', ...(role && { role }) });
    const stored = await firestore().runTransaction(async (transaction) => {
      const found = (await transaction.get(ref)).data();
      if (found?.role === role) transaction.set(ref, { tier, tokensValidFrom: wallClock() }, { merge: true });
      return found?.role;
    });
    if (stored === role) {
      forgetAccount(id);
      return;
    }
    role = stored;
  }
  throw new Error(`the role of ${id} kept changing`);
}

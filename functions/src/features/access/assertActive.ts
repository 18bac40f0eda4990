import { AppError } from '../../core/errors.ts';
import { wallClock } from '../../platform/clock.ts';
import { accountOf, forgetAccount } from './accountOf.ts';
import type { Identity } from './identify.ts';

/**
 * Throws `suspended`, or `unauthenticated` for a credential from before the account was changed. The account is as it was at
 * most 30 s ago; with `anew`, as it is now.
 */
export async function assertActive({ actor, issuedAt }: Identity, anew = false): Promise<void> {
  if (anew) forgetAccount(actor.uid);
  const account = await accountOf(actor.uid);
  if (account?.suspendedAt) throw new AppError('suspended', 'This account is suspended.');
  // A key says what its owner may do now; only while that is being changed is the key from before, too.
  if (account?.tokensValidFrom && (issuedAt ?? wallClock()) < account.tokensValidFrom) {
    throw new AppError('unauthenticated', `What you may do has changed; ${issuedAt ? 'sign in' : 'try'} again.`);
  }
}

import { AppError } from '../../core/errors.ts';
import { setDisabled } from '../../platform/auth.ts';
import { now } from '../../platform/clock.ts';
import type { By } from './by.ts';
import { changeAccount } from './changeAccount.ts';
import { authUser } from './user.ts';

/**
 * Lets a user do nothing any more; what is under way goes on to its end. The account comes first, for every request looks
 * at it: should the rest fail, the user is kept out all the same. Throws `not_found`, `conflict` for oneself.
 */
export async function suspend(by: By, uidOrEmail: string, reason: string): Promise<void> {
  const user = await authUser(uidOrEmail);
  if ('uid' in by.actor && by.actor.uid === user.uid) {
    throw new AppError('conflict', 'You cannot suspend yourself.');
  }
  await changeAccount(by, user, (found) => {
    if (found.suspendedAt) return undefined;
    return {
      account: { ...found, suspendedAt: now(), suspendedFor: reason },
      entries: [],
      audit: { action: 'user.suspended', before: { suspended: false }, after: { suspended: true }, reason },
    };
  });
  if (!user.disabled) await setDisabled(user.uid, true);
}

import { setDisabled } from '../../platform/auth.ts';
import type { By } from './by.ts';
import { changeAccount } from './changeAccount.ts';
import { authUser } from './user.ts';

/** Ends a suspension. The account comes last, so that the user stays out until all is done. Throws `not_found`. */
export async function reinstate(by: By, uidOrEmail: string, reason: string): Promise<void> {
  const user = await authUser(uidOrEmail);
  if (user.disabled) await setDisabled(user.uid, false);
  await changeAccount(by, user, (found) => {
    if (!found.suspendedAt) return undefined;
    const { suspendedAt: _at, suspendedFor, ...account } = found;
    return {
      account,
      entries: [],
      audit: {
        action: 'user.reinstated',
        before: { suspended: true, suspendedFor: suspendedFor ?? null },
        after: { suspended: false },
        reason,
      },
    };
  });
}

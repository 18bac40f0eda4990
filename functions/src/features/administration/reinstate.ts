import { setDisabled } from '../../platform/auth.ts';
import { forgetAccount } from '../access/index.ts';
import type { By } from './by.ts';
import { changeAccount } from './changeAccount.ts';
import { authUser } from './user.ts';

/**
 * Ends a suspension, also one that somebody made at Firebase Auth by hand. Firebase Auth comes last: should it fail, the user
 * stays out, and the same again goes on from there. Throws `not_found`.
 */
export async function reinstate(by: By, uidOrEmail: string, reason: string): Promise<void> {
  const { uid, disabled } = await authUser(uidOrEmail);
  await changeAccount(by, { uid }, (found) => {
    if (!found.suspendedAt && !disabled) return undefined;
    const { suspendedAt, suspendedFor, ...account } = found;
    return {
      account,
      entries: [],
      audit: {
        action: 'user.reinstated',
        before: { suspended: suspendedAt !== undefined, disabled, ...(suspendedFor !== undefined && { suspendedFor }) },
        after: { suspended: false, disabled: false },
        reason,
      },
    };
  });
  if (!disabled) return;
  await setDisabled(uid, false);
  forgetAccount(uid);
}

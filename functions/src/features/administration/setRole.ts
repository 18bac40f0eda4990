import type { Role } from '../../core/actor.ts';
import { AppError } from '../../core/errors.ts';
import type { By } from './by.ts';
import { changeAccount, withRole } from './changeAccount.ts';
import { isLocked, locked, unlock } from './claims.ts';
import { authUser, isFirstAdmin } from './user.ts';

/**
 * Gives a user this role, or none; ID tokens from before are refused, by other instances within 30 s. Throws `not_found`, or
 * `conflict` for an admin who would lose the role by their own hand or who has it by a param.
 */
export async function setRole(by: By, uidOrEmail: string, role: Role | undefined, reason: string): Promise<void> {
  const user = await authUser(uidOrEmail);
  if (role !== 'admin' && 'uid' in by.actor && by.actor.uid === user.uid) {
    throw new AppError('conflict', 'Your own role is another admin’s to take.');
  }
  if (role !== 'admin' && isFirstAdmin(user.uid)) {
    throw new AppError('conflict', 'This user is an admin by FIRST_ADMIN_UID; change that first.');
  }
  const account = await changeAccount(by, user, (found) => {
    if (found.role === role) return undefined;
    return {
      account: locked(withRole(found, role)),
      entries: [],
      audit: {
        action: 'user.role_changed',
        before: { role: found.role ?? null },
        after: { role: role ?? null },
        reason,
      },
    };
  });
  if (isLocked(account)) await unlock(account);
}

import type { Tier } from '../../core/account/account.ts';
import type { By } from './by.ts';
import { changeAccount } from './changeAccount.ts';
import { isLocked, locked, unlock } from './claims.ts';
import { authUser } from './user.ts';

/**
 * Puts a user on a tier, with its limits; ID tokens from before are refused, by other instances within 30 s. Throws
 * `not_found`.
 */
export async function setTier(by: By, uidOrEmail: string, tier: Tier, reason: string): Promise<void> {
  const user = await authUser(uidOrEmail);
  const account = await changeAccount(by, user, (found) => {
    if (found.tier === tier) return undefined;
    return {
      account: locked({ ...found, tier }),
      entries: [],
      audit: { action: 'user.tier_changed', before: { tier: found.tier }, after: { tier }, reason },
    };
  });
  if (isLocked(account)) await unlock(account);
}

import type { AuditRecord } from '../../core/access/audit.ts';
import { type Account, newAccount } from '../../core/account/account.ts';
import { type Charged, openAccount } from '../../core/account/admit.ts';
import type { Settings } from '../../core/settings/settings.ts';
import { recordAudit } from '../../platform/audit.ts';
import type { AuthUser } from '../../platform/auth.ts';
import { now } from '../../platform/clock.ts';
import { users } from '../../platform/collections.ts';
import { firestore, type Transaction } from '../../platform/firestore.ts';
import { forgetAccount } from '../access/index.ts';
import { saveAccount } from '../credits/index.ts';
import { currentSettings } from '../settings/index.ts';
import type { By } from './by.ts';
import { isLocked } from './claims.ts';
import { authUser } from './user.ts';

/** What a verb makes of an account, and what the audit log is told of it. */
export interface AccountChange extends Charged {
  audit: Pick<AuditRecord, 'action' | 'before' | 'after' | 'reason'>;
}

/** Decides on an account as it is; undefined when nothing is to be changed. It may read more in the transaction. */
export type AccountDecision = (
  account: Account,
  transaction: Transaction,
) => AccountChange | undefined | Promise<AccountChange | undefined>;

/**
 * Changes a user's account, opening it if need be, together with the entries in the ledger and the audit log. Answers the
 * account as it is then. Throws `not_found` when there is no such user any more.
 */
export async function changeAccount(by: By, { uid }: Pick<AuthUser, 'uid'>, decide: AccountDecision): Promise<Account> {
  const settings = await currentSettings();
  const account = await firestore().runTransaction(async (transaction) => {
    const stored = (await transaction.get(users().doc(uid))).data();
    // Looked up under the lock of the account: what the claims said earlier may have been taken back since.
    const user = await authUser(uid);
    const found = stored ? { account: asClaimed(stored, user), entries: [] } : opened(user, settings);
    const change = await decide(found.account, transaction);
    if (!change) return found.account;
    const entries = [...found.entries, ...change.entries];
    saveAccount(transaction, { account: change.account, entries, isNew: !stored });
    recordAudit(transaction, { ...by, target: { type: 'user', id: uid }, ...change.audit });
    return change.account;
  });
  forgetAccount(uid);
  return account;
}

function opened(user: AuthUser, { limits }: Settings): Charged {
  const tier = user.premium ? 'premium' : 'free';
  return openAccount(withRole(newAccount(user.uid, tier, now()), user.role), limits[tier], now());
}

/** Claims say what holds; unless a change of them has stopped half way, and then the account does. */
function asClaimed(stored: Account, user: AuthUser): Account {
  if (isLocked(stored)) return stored;
  return withRole({ ...stored, tier: user.premium ? 'premium' : 'free' }, user.role);
}

/** The account with this role, or without any. */
export function withRole(account: Account, role: Account['role']): Account {
  const { role: _former, ...rest } = account;
  return { ...rest, ...(role && { role }) };
}

import { type Account, newAccount, type Tier } from '../../core/account/account.ts';
import { type Charged, openAccount } from '../../core/account/admit.ts';
import type { Actor } from '../../core/actor.ts';
import type { Settings } from '../../core/settings/settings.ts';
import { recordEntry, users, type Writes } from '../../platform/collections.ts';
import type { Transaction } from '../../platform/firestore.ts';

/** An account as it is, and whether it was there before. */
export interface FoundAccount extends Charged {
  isNew: boolean;
}

/** The tier that an actor's token names; with a key, that of the owner's account. */
export function tierOf(actor: Actor, account: Account | undefined): Tier {
  if (actor.key) return account?.tier ?? 'free';
  return actor.premium ? 'premium' : 'free';
}

/** The actor's account as it stands, or as it would be opened. */
export async function accountIn(
  transaction: Pick<Transaction, 'get'>,
  actor: Actor,
  { limits }: Settings,
  now: Date,
): Promise<FoundAccount> {
  const found = (await transaction.get(users().doc(actor.uid))).data();
  const tier = tierOf(actor, found);
  if (found) return { account: { ...found, tier }, entries: [], isNew: false };
  return { ...openAccount(newAccount(actor.uid, tier, now), limits[tier], now), isNew: true };
}

/** Writes an account and what was booked for it. */
export function saveAccount(writes: Writes, { account, entries, isNew }: FoundAccount): void {
  const ref = users().doc(account.id);
  if (isNew) writes.create(ref, account);
  else writes.set(ref, account);
  for (const entry of entries) recordEntry(writes, entry);
}

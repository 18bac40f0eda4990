import { type Account, newAccount, type Tier } from '../../core/account/account.ts';
import { type Charged, openAccount } from '../../core/account/admit.ts';
import type { Actor } from '../../core/actor.ts';
import type { Settings } from '../../core/settings/settings.ts';
import { recordEntry, users, type Writes } from '../../platform/collections.ts';
import type { Transaction } from '../../platform/firestore.ts';

/** An account as it is, or as it would be opened with what that books. */
export interface FoundAccount extends Charged {
  isNew: boolean;
}

/** The account of an actor as it stands, or as it would be opened; nothing is written. */
export async function findAccount(actor: Actor, settings: Settings, now: Date): Promise<FoundAccount> {
  return accountFrom(actor, (await users().doc(actor.uid).get()).data(), settings, now);
}

/** The same inside a transaction. */
export async function accountIn(
  transaction: Transaction,
  actor: Actor,
  settings: Settings,
  now: Date,
): Promise<FoundAccount> {
  return accountFrom(actor, (await transaction.get(users().doc(actor.uid))).data(), settings, now);
}

/** Writes an account and what was booked for it. */
export function saveAccount(writes: Writes, { account, entries, isNew }: FoundAccount): void {
  const ref = users().doc(account.id);
  if (isNew) writes.create(ref, account);
  else writes.set(ref, account);
  for (const entry of entries) recordEntry(writes, entry);
}

function accountFrom(actor: Actor, found: Account | undefined, { limits }: Settings, now: Date): FoundAccount {
  const tier = tierOf(actor);
  if (found) return { account: { ...found, tier }, entries: [], isNew: false };
  return { ...openAccount(newAccount(actor.uid, tier, now), limits[tier], now), isNew: true };
}

const tierOf = (actor: Actor): Tier => (actor.premium ? 'premium' : 'free');

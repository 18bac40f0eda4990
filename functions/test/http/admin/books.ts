import type { Account } from '../../../src/core/account/account.ts';
import type { LedgerEntry } from '../../../src/core/credit/ledger.ts';
import { reconcile } from '../../../src/core/credit/reconcile.ts';
import { chargedCredits, heldCredits } from '../../../src/core/generation/settlement.ts';
import { type Generation, isTerminal } from '../../../src/core/generation/state.ts';
import { plainDocument } from '../../../src/platform/firestore.ts';
import { database } from '../../stack/harness.ts';

/** Everything in the stack's books that does not add up. */
export async function differencesInTheBooks(): Promise<readonly string[]> {
  const all = async <T extends { id: string }>(collection: string) =>
    (await (await database()).collection(collection).get()).docs.map((doc) => plainDocument<T>(doc.id, doc.data()));
  const accounts = await all<Account>('users');
  const generations = await all<Generation>('generations');
  return reconcile({
    entries: await all<LedgerEntry>('credit_ledger'),
    accounts: accounts.map(({ id, balance, openGenerations }) => ({ uid: id, balance, openGenerations })),
    charges: generations.map((generation) => ({
      ...{ generationId: generation.id, uid: generation.uid, heldCredits: heldCredits(generation) },
      chargedCredits: isTerminal(generation.state) ? chargedCredits(generation) : undefined,
    })),
  }).differences;
}

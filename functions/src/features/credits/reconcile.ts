import { type Books, type Reconciliation, reconcile, together } from '../../core/credit/reconcile.ts';
import { chargedCredits, heldCredits } from '../../core/generation/settlement.ts';
import { type Generation, isTerminal } from '../../core/generation/state.ts';
import { ALL_SHARDS } from '../../core/shard.ts';
import { creditLedger, generations, users } from '../../platform/collections.ts';
import { allAtOneMoment, type SnapshotReader } from '../../platform/firestore.ts';

/**
 * Adds up the whole ledger and holds it against all users and generations. Each shard is read as it was at one moment, so
 * the result is exact while the system works. Reads every document once.
 */
export async function reconcileLedger(): Promise<Reconciliation> {
  let sum = reconcile({ entries: [], accounts: [], charges: [] });
  for (const shard of ALL_SHARDS) {
    const books = await allAtOneMoment((read) => booksOf(shard, read));
    sum = together(sum, reconcile(books));
  }
  return sum;
}

async function booksOf(shard: number, read: SnapshotReader): Promise<Books> {
  const entries = await read(creditLedger().where('shard', '==', shard));
  const accounts = await read(users().where('shard', '==', shard));
  const charged = await read(generations().where('shard', '==', shard));
  return {
    entries,
    accounts: accounts.map(({ id, balance, openGenerations }) => ({ uid: id, balance, openGenerations })),
    charges: charged.map(chargeOf),
  };
}

function chargeOf(generation: Generation): Books['charges'][number] {
  return {
    generationId: generation.id,
    uid: generation.uid,
    heldCredits: heldCredits(generation),
    chargedCredits: isTerminal(generation.state) ? chargedCredits(generation) : undefined,
  };
}

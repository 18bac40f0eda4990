import { reconcile } from '../../functions/src/core/credit/reconcile.ts';
import { chargedCredits, heldCredits } from '../../functions/src/core/generation/settlement.ts';
import { isTerminal } from '../../functions/src/core/generation/state.ts';
import type { Check } from '../drive/report.ts';
import { checkAll } from './check.ts';
import type { Observed } from './observe.ts';

/** The users' money, by the same rules as `npm run ledger:reconcile`; besides, nothing may still be held. */
export function checkLedger({ accounts, ledger, generations }: Observed): Check[] {
  const { differences, balance, totals, openHolds } = reconcile({
    entries: ledger,
    accounts: accounts.map(({ id, balance, openGenerations }) => ({ uid: id, balance, openGenerations })),
    charges: [...generations.values()].map((generation) => ({
      generationId: generation.id,
      uid: generation.uid,
      heldCredits: heldCredits(generation),
      chargedCredits: isTerminal(generation.state) ? chargedCredits(generation) : undefined,
    })),
  });
  const granted = -(totals['house.grants'] ?? 0);
  const captured = totals['house.sales'] ?? 0;
  return [
    checkAll('ledger, balances and generations agree', ledger.length, differences),
    {
      name: 'no hold is open',
      ok: openHolds === 0 && balance.heldCredits === 0,
      found: `${openHolds} open, ${balance.heldCredits} credits held`,
    },
    {
      name: 'granted less captured is available',
      ok: granted - captured === balance.availableCredits,
      found: `${granted} - ${captured} = ${balance.availableCredits}`,
    },
  ];
}

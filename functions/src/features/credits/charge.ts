import { utcDay } from '../../core/account/account.ts';
import { chargeForGeneration } from '../../core/account/admit.ts';
import { stillCounts } from '../../core/account/limits.ts';
import type { Actor } from '../../core/actor.ts';
import { costOf, fullCostUsdMicros } from '../../core/generation/cost.ts';
import { heldCredits, settlementOf } from '../../core/generation/settlement.ts';
import type { Generation } from '../../core/generation/state.ts';
import type { Settings } from '../../core/settings/settings.ts';
import { recordEntry, usage, users, type Writes } from '../../platform/collections.ts';
import { FieldValue, type Transaction } from '../../platform/firestore.ts';
import { accountIn, findAccount, saveAccount } from './account.ts';

/**
 * Holds the price of a new generation and counts it against its owner's limits, in the transaction that admits it. Throws
 * `suspended`, `limit_exceeded` or `insufficient_credits`, and then nothing is written.
 */
export async function chargeIn(
  transaction: Transaction,
  actor: Actor,
  generation: Generation,
  settings: Settings,
): Promise<void> {
  const { id, requestedAt } = generation;
  const found = await accountIn(transaction, actor, settings, requestedAt);
  const limits = settings.limits[found.account.tier];
  const credits = heldCredits(generation);
  const charged = chargeForGeneration(found.account, limits, id, credits, requestedAt);
  saveAccount(transaction, { ...charged, entries: [...found.entries, ...charged.entries], isNew: found.isNew });
  addUsage(transaction, generation, 1, credits, fullCostUsdMicros(generation));
}

/** Throws what `chargeIn` would throw for another generation now; nothing is held. */
export async function assertChargeable(actor: Actor, settings: Settings, credits: number, now: Date): Promise<void> {
  const { account } = await findAccount(actor, settings, now);
  chargeForGeneration(account, settings.limits[account.tier], 'asked-before', credits, now);
}

/** Ends the hold of a generation together with the write that ends it: captured for what was delivered, the rest released. */
export function settleIn(writes: Writes, ended: Generation, now: Date): void {
  const { entry, day, creditsChange, costUsdMicrosChange } = settlementOf(ended, now);
  recordEntry(writes, entry);
  writes.set(
    users().doc(ended.uid),
    {
      balance: {
        availableCredits: FieldValue.increment(entry.moves.available ?? 0),
        heldCredits: FieldValue.increment(entry.moves.held ?? 0),
      },
      openGenerations: FieldValue.increment(-1),
      ...(creditsChange < 0 &&
        stillCounts(day, now) && { spentCredits: { [day]: FieldValue.increment(creditsChange) } }),
    },
    { merge: true },
  );
  if (creditsChange !== 0 || costUsdMicrosChange !== 0) addUsage(writes, ended, 0, creditsChange, costUsdMicrosChange);
}

/** Brings the usage of the day of the request in line with a cost that turned out to be another. */
export function bookCostCorrection(writes: Writes, before: Generation, corrected: Generation): void {
  const [was, is] = [costOf(before), costOf(corrected)];
  const from = was.costUsdMicros + was.possibleWasteUsdMicros;
  const to = is.costUsdMicros + is.possibleWasteUsdMicros;
  if (from !== to) addUsage(writes, corrected, 0, 0, to - from);
}

function addUsage(
  writes: Writes,
  { uid, requestedAt }: Generation,
  generations: number,
  credits: number,
  costUsdMicros: number,
): void {
  const day = utcDay(requestedAt);
  const change = {
    day,
    generations: FieldValue.increment(generations),
    credits: FieldValue.increment(credits),
    costUsdMicros: FieldValue.increment(costUsdMicros),
  };
  writes.set(usage(uid).doc(day), change, { merge: true });
}

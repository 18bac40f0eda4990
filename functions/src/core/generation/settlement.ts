import { utcDay } from '../account/account.ts';
import { endOfHold, type LedgerEntry } from '../credit/ledger.ts';
import { costOf, fullCostUsdMicros } from './cost.ts';
import type { Generation } from './state.ts';

/** What is held for a generation: the price of all videos asked for. */
export function heldCredits({ asked, creditsPerVideo }: Generation): number {
  return asked.videos * creditsPerVideo;
}

/** What the user pays for a generation that has ended: each video delivered that they asked for; nothing without one. */
export function chargedCredits({ asked, outputs, creditsPerVideo, state }: Generation): number {
  return state === 'succeeded' ? Math.min(outputs.length, asked.videos) * creditsPerVideo : 0;
}

/** What the end of a generation changes in its owner's books. */
export interface Settlement {
  entry: LedgerEntry;
  /** The UTC day on which it had been asked for, and by what that day's usage turns out to be another. */
  day: string;
  /** Never above zero: no more is charged than was held. */
  creditsChange: number;
  costUsdMicrosChange: number;
}

/** Ends the hold of a generation that has just ended: captured for what was delivered, the rest released. */
export function settlementOf(ended: Generation, now: Date): Settlement {
  const held = heldCredits(ended);
  const charged = chargedCredits(ended);
  const { costUsdMicros, possibleWasteUsdMicros } = costOf(ended);
  return {
    entry: endOfHold({ uid: ended.uid, generationId: ended.id, heldCredits: held }, charged, now),
    day: utcDay(ended.requestedAt),
    creditsChange: charged - held,
    costUsdMicrosChange: costUsdMicros + possibleWasteUsdMicros - fullCostUsdMicros(ended),
  };
}

import { addToTotals, decodeTotals, encodeTotals, noTotals } from '../../core/scrape/totals.ts';
import { now } from '../../platform/clock.ts';
import { type LatestRollups, latestRollups } from '../../platform/latestRollups.ts';
import type { DocumentsById } from './fold.ts';

/** What was counted ever, with the documents that a step adds to the buckets; begun where it was not kept yet. */
export function withAdded(stored: LatestRollups | undefined, added: DocumentsById): string {
  const totals = stored?.totals ? decodeTotals(stored.totals) : noTotals(now().getTime());
  addToTotals(totals, added.values());
  return encodeTotals(totals);
}

/** The same for a step after which the latest ranges wait for another, to be written with it. A read. */
export async function totalsAfter(
  rollupVersion: number,
  added: DocumentsById,
): Promise<{ totals: string } | undefined> {
  return added.size > 0 ? { totals: withAdded(await latestRollups(rollupVersion), added) } : undefined;
}

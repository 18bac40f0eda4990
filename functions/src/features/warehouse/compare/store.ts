import type { Difference } from '../../../core/warehouse/dayCounts.ts';
import { projectionState } from '../../../platform/collections.ts';
import { plainDocument } from '../../../platform/firestore.ts';

/** What a comparison of the warehouse with the rollups found. */
export interface Comparison {
  at: Date;
  /** The UTC days compared. */
  days: string[];
  /** Those that could not be, and why. */
  skipped: { day: string; reason: string }[];
  differenceCount: number;
  /** The first of them, at most 50. */
  differences: Difference[];
}

/** Differences that are kept. */
export const DIFFERENCES_KEPT = 50;

const comparisonRef = () => projectionState('warehouse.comparison');

/** What the latest comparison found; undefined before the first. A read. */
export async function latestComparison(): Promise<Comparison | undefined> {
  const fields = (await comparisonRef().get()).data();
  if (!fields) return undefined;
  const { id: _, ...comparison } = plainDocument<Comparison & { id: string }>('', fields);
  return comparison;
}

export async function keepComparison(comparison: Comparison): Promise<void> {
  await comparisonRef().set({ ...comparison });
}

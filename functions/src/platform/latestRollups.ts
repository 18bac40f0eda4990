import { type DocumentReference, firestore, plainDocument } from './firestore.ts';
import { servedRollupVersion } from './rollupVersions.ts';

/** The totals of one named range. */
export interface LatestRange {
  from: Date;
  to: Date;
  /** Its cells, as core/rollup writes them. */
  cells: Uint8Array;
}

/** The ranges that are asked for most, as of one state of the buckets. */
export interface LatestRollups {
  bucketsVersion: number;
  ranges: Record<string, LatestRange>;
  /** Everything counted since this began to be kept, as core/scrape writes it. */
  totals?: string;
}

/** Where a version of the rollups has its latest ranges. */
export const latestRef = (rollupVersion: number): DocumentReference =>
  firestore()
    .collection('system_performance_metrics')
    .doc(rollupVersion === 1 ? 'latest' : `latest~v${rollupVersion}`);

/** The latest ranges; undefined before they were written. A read. */
export async function latestRollups(rollupVersion = servedRollupVersion()): Promise<LatestRollups | undefined> {
  const snapshot = await latestRef(rollupVersion).get();
  const fields = snapshot.data();
  return fields && plainDocument<LatestRollups & { id: string }>(snapshot.id, fields);
}

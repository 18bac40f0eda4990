import { firestore, plainDocument } from './firestore.ts';

/** The totals of one named range. */
export interface LatestRange {
  from: Date;
  to: Date;
  /** Its cells, as core/rollup writes them. */
  cells: Uint8Array;
}

/** The ranges that are asked for most, as of one version of the aggregation's state. */
export interface LatestRollups {
  version: number;
  through: Date;
  ranges: Record<string, LatestRange>;
}

const latestRef = () => firestore().collection('system_performance_metrics').doc('latest');

/** The latest ranges; undefined before they were written. A read. */
export async function latestRollups(): Promise<LatestRollups | undefined> {
  const snapshot = await latestRef().get();
  const fields = snapshot.data();
  return fields && plainDocument<LatestRollups & { id: string }>(snapshot.id, fields);
}

/** Puts these in place of what is there, unless that is newer. */
export async function saveLatestRollups(latest: LatestRollups): Promise<void> {
  await firestore().runTransaction(async (transaction) => {
    const stored = await transaction.get(latestRef());
    if (Number(stored.get('version') ?? 0) < latest.version) transaction.set(latestRef(), latest);
  });
}

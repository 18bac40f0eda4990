import { measure } from '../../core/generation/measure.ts';
import { type Generation, isTerminal } from '../../core/generation/state.ts';
import { shardOf } from '../../core/shard.ts';
import { generationMetrics, generationOf } from '../../platform/collections.ts';
import { type DocumentSnapshot, firestore } from '../../platform/firestore.ts';

/**
 * Writes the measured facts of a generation that has ended, or was rated afterwards, into `video_generation_metrics`.
 * Deliveries may be repeated and out of order: only a higher `seq` than the stored one is written.
 */
export async function projectMetrics(before: Generation | undefined, after: Generation | undefined): Promise<void> {
  if (!after || !isTerminal(after.state) || after.seq === before?.seq) return;
  const ref = generationMetrics().doc(after.id);
  await firestore().runTransaction(async (transaction) => {
    const stored = (await transaction.get(ref)).data();
    if (stored && stored.seq >= after.seq) return;
    transaction.set(ref, { id: after.id, shard: shardOf(after.id), ...measure(after) });
  });
}

/** The same for the two snapshots that a Firestore trigger brings. */
export function projectSnapshots(before: DocumentSnapshot | undefined, after: DocumentSnapshot | undefined) {
  return projectMetrics(generationOf(before), generationOf(after));
}

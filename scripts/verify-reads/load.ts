import { daysOf } from '../../functions/src/core/rollup/days.ts';
import type { BulkDocument, RunningFirestore } from '../../local/firestore/index.ts';
import { fieldsOf } from './fields.ts';
import { history, type Kept } from './history.ts';
import { type Counted, RollingFold } from './rollingFold.ts';

/** Events are stamped by the server when they are committed; here a second later. */
const RECORDED_AFTER_MS = 1_000;

/**
 * Stores this many generations and their facts, and of their events those since a moment; answers what all the events come to.
 */
export async function loadHistory(firestore: RunningFirestore, count: number, logFromMs: number): Promise<Counted> {
  const fold = new RollingFold();
  await firestore.bulkLoad(documentsOf(history(count), fold, logFromMs));
  return fold.finish();
}

/** Stores rollups and the state of an aggregation that has counted everything up to the end of the log. */
export async function loadRollups(firestore: RunningFirestore, { rollups, end }: Counted): Promise<void> {
  const state = { version: 1, through: end.recordedAt, position: end, ahead: 0, manifests: [] };
  await firestore.bulkLoad(
    (function* () {
      for (const [id, document] of rollups) {
        yield { path: `system_performance_metrics/${id}`, fields: fieldsOf(document) };
      }
      yield { path: 'projection_state/aggregate', fields: fieldsOf(state) };
    })(),
  );
}

function* documentsOf(kept: Iterable<Kept>, fold: RollingFold, logFromMs: number): Generator<BulkDocument> {
  for (const { generation, metrics, events } of kept) {
    if (generation) yield documentAt('generations', generation);
    yield documentAt('video_generation_metrics', metrics);
    for (const event of events) {
      const recordedAt = new Date(event.occurredAt.getTime() + RECORDED_AFTER_MS);
      fold.add(event, recordedAt);
      if (recordedAt.getTime() < logFromMs) continue;
      yield documentAt('analytics_events', { ...event, days: daysOf(event), recordedAt });
    }
  }
}

function documentAt<T extends { id: string }>(collection: string, { id, ...fields }: T): BulkDocument {
  return { path: `${collection}/${id}`, fields: fieldsOf(fields) };
}

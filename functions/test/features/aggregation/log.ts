import assert from 'node:assert/strict';
import { Timestamp } from 'firebase-admin/firestore';
import { periodOf, RANGES } from '../../../src/core/analytics/period.ts';
import { totalSelection } from '../../../src/core/analytics/select.ts';
import { wholeSlot } from '../../../src/core/analytics/slots.ts';
import { encodeCells } from '../../../src/core/rollup/codec.ts';
import type { RollupEvent } from '../../../src/core/rollup/contribution.ts';
import { daysOf } from '../../../src/core/rollup/days.ts';
import { documentId } from '../../../src/core/rollup/document.ts';
import { foldEvents } from '../../../src/core/rollup/fold.ts';
import { shardOf } from '../../../src/core/shard.ts';
import { readSlots } from '../../../src/features/aggregation/index.ts';
import { firestore } from '../../../src/platform/firestore.ts';
import { latestRollups } from '../../../src/platform/latestRollups.ts';
import { aggregationState } from '../../../src/platform/rollups.ts';

const NOTHING = hex(encodeCells(new Map()));

/** Puts events into the log, each with the time that it is stamped with. */
export async function record(events: readonly { id: string; event: RollupEvent; stampedMs: number }[]): Promise<void> {
  if (events.length === 0) return;
  const batch = firestore().batch();
  for (const { id, event, stampedMs } of events) {
    const recordedAt = Timestamp.fromMillis(stampedMs);
    const ref = firestore().collection('analytics_events').doc(id);
    batch.create(ref, { ...event, shard: shardOf(id), days: daysOf(event), recordedAt });
  }
  await batch.commit();
}

/** What is stored of a version is, byte for byte, what all these events fold to at once. */
export async function assertIsFoldOf(
  events: readonly RollupEvent[],
  { zones, nowMs, rollupVersion = 1 }: { zones: readonly string[]; nowMs: number; rollupVersion?: number },
): Promise<void> {
  const { documents } = foldEvents(events, { zones, nowMs });
  const left = new Map(
    [...documents.values()].map(({ bucket, part, cells }) => {
      return [documentId(bucket, part, rollupVersion), hex(encodeCells(cells))];
    }),
  );
  for (const { id, cells, expiresMs } of await storedBuckets(rollupVersion)) {
    // What is past its time is no longer counted, and will be deleted.
    if (expiresMs > nowMs) assert.equal(cells, left.get(id) ?? NOTHING, id);
    left.delete(id);
  }
  assert.deepEqual([...left.keys()], [], 'documents that are missing');
}

async function storedBuckets(rollupVersion: number) {
  const { docs } = await firestore().collection('system_performance_metrics').get();
  return docs
    .filter(({ id }) => id.startsWith(`v${rollupVersion}~`))
    .map((doc) => {
      const expireAt: Timestamp | undefined = doc.get('expireAt');
      return { id: doc.id, cells: hex(doc.get('cells')), expiresMs: expireAt?.toMillis() ?? Infinity };
    });
}

/** The latest ranges, where the state says that they are up to date, are what the buckets add up to. */
export async function assertLatest(rollupVersion = 1): Promise<'up to date' | 'to be read anew'> {
  const [state, latest] = await Promise.all([aggregationState(rollupVersion), latestRollups(rollupVersion)]);
  if (!state || state.latestVersion !== state.bucketsVersion) return 'to be read anew';
  assert.equal(latest?.bucketsVersion, state.bucketsVersion);
  const asOfMs = state.through.getTime();
  const periods = RANGES.map((range) => periodOf({ range }, 'UTC', asOfMs));
  const slots = periods.map((period) => wholeSlot(period, { zones: [], nowMs: asOfMs }));
  const sums = await readSlots(slots, totalSelection({}, new Set()), rollupVersion);
  const found = RANGES.map((range) => {
    const { from, to, cells } = latest?.ranges[range] ?? {};
    return { fromMs: from?.getTime(), toMs: to?.getTime(), cells: cells && hex(cells) };
  });
  const wanted = periods.map(({ fromMs, toMs }, i) => ({
    fromMs,
    toMs,
    cells: hex(encodeCells(sums[i] ?? new Map())),
  }));
  assert.deepEqual(found, wanted);
  return 'up to date';
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

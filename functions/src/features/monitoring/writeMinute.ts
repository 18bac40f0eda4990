import { canonicalJson, sha256 } from '../../core/hash.ts';
import { DESCRIPTORS } from '../../core/monitoring/descriptors.ts';
import { dueAt, skippedMinutes } from '../../core/monitoring/due.ts';
import { CLOUD_MONITORING } from '../../params.ts';
import { now } from '../../platform/clock.ts';
import { logOf } from '../../platform/logs.ts';
import { ensureDescriptors, type WrittenPoints, writePoints } from '../../platform/monitoring/index.ts';
import { aggregationState } from '../../platform/rollups.ts';
import { moveFence, readFence } from './fence.ts';
import { readPoints } from './readPoints.ts';

const log = logOf('monitoring');

const NOTHING: WrittenPoints = { written: 0, early: 0, failed: 0 };

/**
 * Writes to Cloud Monitoring how things are and the latest minute that is counted. A minute is noted before it is written, so of
 * any number of runs one writes it, once; one that then fails is not written at all, and the next minute goes on. Rejects only when
 * Firestore fails, and has written nothing then.
 */
export async function writeMinute(): Promise<WrittenPoints> {
  if (!CLOUD_MONITORING.value()) return NOTHING;
  const nowMs = now().getTime();
  const [fence, aggregation] = await Promise.all([readFence(), aggregationState()]);
  const due = dueAt(fence.written, aggregation?.through.getTime() ?? 0, nowMs);
  if (due.countedMs === undefined && due.presentMs === undefined) return NOTHING;
  const points = await readPoints(due, aggregation, nowMs);
  const described = await describe(fence.described);
  if (!(await moveFence(fence, { written: { ...fence.written, ...due }, described }))) return NOTHING;
  const minutes = skippedMinutes(fence.written, due);
  if (minutes > 0) log.warn('minutes stay unwritten', { minutes });
  const done = await writePoints(points);
  log.info('written', { ...done });
  // No other run writes a minute that this one has noted.
  if (done.early > 0) log.warn('series of ours have newer points, of some other writer', { points: done.early });
  return done;
}

const DESCRIBED = sha256(canonicalJson(DESCRIPTORS));

/** Describes the metrics where that is not done; answers what is to be noted of it. */
async function describe(known: string | undefined): Promise<string | undefined> {
  if (known === DESCRIBED) return known;
  return (await ensureDescriptors()) ? DESCRIBED : known;
}

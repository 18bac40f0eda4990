import type { Due } from '../../core/monitoring/due.ts';
import { pointsOfMinute } from '../../core/monitoring/ofMinute.ts';
import { pointsOfNow } from '../../core/monitoring/ofNow.ts';
import type { Point } from '../../core/monitoring/point.ts';
import { bucketAt } from '../../core/rollup/bucket.ts';
import type { Cell } from '../../core/rollup/cell.ts';
import { documentId, partsOf } from '../../core/rollup/document.ts';
import type { AggregationState } from '../../platform/rollups.ts';
import { servedRollupVersion } from '../../platform/rollupVersions.ts';
import { latestDayAndTotals, readDocuments } from '../aggregation/index.ts';
import { countOpen } from '../alerts/index.ts';
import { queueDepths } from '../scrape/index.ts';

const MINUTE_MS = 60_000;

/** The points of what is due. Five reads at most; queues that cannot be asked are left out. */
export async function readPoints(
  { countedMs, presentMs }: Due,
  aggregation: AggregationState | undefined,
  nowMs: number,
): Promise<Point[]> {
  const [counted, present] = await Promise.all([
    countedMs === undefined ? [] : ofMinute(countedMs),
    presentMs === undefined ? [] : ofNow(presentMs, aggregation, nowMs),
  ]);
  return [...counted, ...present];
}

async function ofMinute(endMs: number): Promise<Point[]> {
  const bucket = bucketAt(endMs - MINUTE_MS, '1m');
  const parts = partsOf(bucket).filter((part) => part.startsWith('p'));
  const documents = await readDocuments(parts.map((part) => documentId(bucket, part, servedRollupVersion())));
  const cells = new Map<string, Cell>([...documents.values()].flatMap((each) => [...each]));
  return pointsOfMinute(cells, endMs);
}

async function ofNow(atMs: number, aggregation: AggregationState | undefined, nowMs: number): Promise<Point[]> {
  const [latest, openEpisodes, depths] = await Promise.all([
    aggregation && latestDayAndTotals(aggregation),
    countOpen(),
    queueDepths(),
  ]);
  const throughMs = aggregation?.through.getTime() ?? 0;
  const present = {
    ...{ totals: latest?.totals, rollupVersion: servedRollupVersion(), openEpisodes, queueDepths: depths },
    // Until the first run of the counting is through with what it found, its state is at 1970.
    cursorAgeSec: throughMs > 0 ? (nowMs - throughMs) / 1_000 : undefined,
    recountMismatches: aggregation?.recountMismatchCount,
  };
  return pointsOfNow(present, atMs);
}

import { type Granularity, UTC } from '../rollup/bucket.ts';
import type { Cell } from '../rollup/cell.ts';
import { type RollupDocument, TOTAL } from '../rollup/document.ts';
import { mergeAll } from '../rollup/openBucket.ts';
import type { Period, RangeName } from './period.ts';

/** The buckets of UTC of which each named range has only whole ones. */
const MADE_OF: Readonly<Record<RangeName, Granularity>> = { '24h': '1h', '7d': '1d', '30d': '1d' };

/** What documents, of one fold, add to the total of a named range of UTC in this period. */
export function addedTo(
  range: RangeName,
  { fromMs, toMs }: Period,
  documents: Iterable<RollupDocument>,
): Map<string, Cell> {
  const sum = new Map<string, Cell>();
  for (const { bucket, part, cells } of documents) {
    const { granularity, zone, startMs } = bucket;
    if (granularity !== MADE_OF[range] || zone !== UTC || part !== 'head') continue;
    const total = cells.get(TOTAL);
    if (total && startMs >= fromMs && startMs < toMs) mergeAll(sum, new Map([[TOTAL, total]]));
  }
  return sum;
}

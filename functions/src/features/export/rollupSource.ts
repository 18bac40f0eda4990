import { cellSelection, type Selection } from '../../core/analytics/select.ts';
import { AppError } from '../../core/errors.ts';
import type { Plan } from '../../core/export/query.ts';
import { ROLLUP_COLUMNS } from '../../core/export/rollups.ts';
import { namesOf, rowOf } from '../../core/export/value.ts';
import { type Bucket, bucketsBetween, GRANULARITIES, isKept } from '../../core/rollup/bucket.ts';
import { isEmpty } from '../../core/rollup/cell.ts';
import { now } from '../../platform/clock.ts';
import { readSlots } from '../aggregation/index.ts';
import { modelsByName } from '../analytics/index.ts';
import type { Source } from './page.ts';

const MAX_BUCKETS = 20_000;
/** Documents that a page takes at most: those of all parts. */
const PAGE_DOCUMENTS = 160;

/**
 * The cells of buckets that begin in the period, in order of time and then of their key, from bucket documents alone. Throws
 * AppError `invalid_request` where they are not kept any more.
 */
export function rollupSource(plan: Plan): Source {
  const { granularity = '1h', asOfMs: throughMs, rollupVersion } = plan;
  const selection = cellSelection(plan, modelsByName());
  const buckets = bucketsOf(plan);
  const pageBuckets = PAGE_DOCUMENTS / GRANULARITIES[granularity].parts;
  return {
    columns: namesOf(ROLLUP_COLUMNS),
    count: async () => buckets.length,
    async page(position) {
      const from = position === undefined ? 0 : buckets.findIndex(({ startMs }) => startMs === Number(position));
      if (from < 0) throw new Error('no bucket at this position');
      const some = buckets.slice(from, from + pageBuckets);
      const next = buckets[from + pageBuckets];
      const cells = await cellsOf(some, selection, rollupVersion);
      return {
        rows: cells.map(({ bucket, key, cell }) => rowOf(ROLLUP_COLUMNS, { bucket, key, cell, throughMs })),
        units: some.length,
        ...(next && { next: String(next.startMs) }),
      };
    },
  };
}

function bucketsOf({ fromMs, toMs, asOfMs, granularity = '1h', zone }: Plan): Bucket[] {
  const [first] = bucketsBetween(fromMs, fromMs + 1, granularity, zone);
  if (first && !isKept(first, now().getTime())) {
    const message = `Buckets of ${granularity} from then on are not kept any more: ask for a later period or coarser ones.`;
    throw new AppError('invalid_request', message, [{ path: 'from', message: 'no longer known that finely' }]);
  }
  const known = bucketsBetween(fromMs, Math.min(toMs, asOfMs), granularity, zone, MAX_BUCKETS);
  return known.filter(({ startMs }) => startMs >= fromMs);
}

async function cellsOf(buckets: readonly Bucket[], selection: Selection, rollupVersion?: number) {
  const slots = buckets.map((bucket) => ({ startMs: bucket.startMs, endMs: bucket.endMs, tiles: [bucket] }));
  const found = await readSlots(slots, selection, rollupVersion);
  return buckets.flatMap((bucket, at) =>
    [...(found[at] ?? [])]
      .filter(([, cell]) => !isEmpty(cell))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, cell]) => ({ bucket, key, cell })),
  );
}

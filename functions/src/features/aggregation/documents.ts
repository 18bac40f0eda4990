import { bucketExpiryMs } from '../../core/rollup/bucket.ts';
import { cloneCell, mergeCells } from '../../core/rollup/cell.ts';
import { decodeCells, encodeCells } from '../../core/rollup/codec.ts';
import type { RollupDocument } from '../../core/rollup/document.ts';
import type { BucketDocument } from '../../platform/rollups.ts';

/** A rollup document as it is stored, `present` being the cells that it had and that these are added to. */
export function storedDocument({ bucket, part, cells }: RollupDocument, present?: Uint8Array): BucketDocument {
  const sum = present ? decodeCells(present) : new Map();
  for (const [key, cell] of cells) {
    const known = sum.get(key);
    if (known) mergeCells(known, cell);
    else sum.set(key, present ? cloneCell(cell) : cell);
  }
  const expiryMs = bucketExpiryMs(bucket);
  return {
    granularity: bucket.granularity,
    zone: bucket.zone,
    start: new Date(bucket.startMs),
    part,
    ...(expiryMs !== undefined && { expireAt: new Date(expiryMs) }),
    cells: encodeCells(sum),
  };
}

import { bucketExpiryMs } from '../../core/rollup/bucket.ts';
import { cloneCell, mergeCells } from '../../core/rollup/cell.ts';
import { decodeCells, encodeCells } from '../../core/rollup/codec.ts';
import type { RollupDocument } from '../../core/rollup/document.ts';
import type { BucketDocument } from '../../platform/rollups.ts';
import type { StepLimits } from './limits.ts';

/** The documents of one step have more bytes of cells than it may write. */
export class TooManyBytes extends Error {
  override name = 'TooManyBytes';
}

/**
 * Rollup documents as they are stored, `present` being the cells that each of them had. Throws TooManyBytes when their cells have
 * over `maxBytes`.
 */
export function storedDocuments(
  documents: ReadonlyMap<string, RollupDocument>,
  present: readonly (Uint8Array | undefined)[],
  maxBytes: number,
): Map<string, BucketDocument> {
  const stored = new Map<string, BucketDocument>();
  let bytes = 0;
  for (const [id, document] of documents) {
    const each = storedDocument(document, present[stored.size]);
    bytes += each.cells.length;
    if (bytes > maxBytes) throw new TooManyBytes(`over ${maxBytes} bytes of cells`);
    stored.set(id, each);
  }
  return stored;
}

/** Documents in portions that one commit each can write, in order. */
export function portionsOf(
  documents: readonly (readonly [string, BucketDocument])[],
  limits: Pick<StepLimits, 'documents' | 'bytes'>,
): Map<string, BucketDocument>[] {
  const portions: Map<string, BucketDocument>[] = [];
  let bytes = 0;
  for (const [id, document] of documents) {
    const portion = portions.at(-1);
    bytes += document.cells.length;
    if (portion && portion.size < limits.documents && bytes <= limits.bytes) portion.set(id, document);
    else {
      portions.push(new Map([[id, document]]));
      bytes = document.cells.length;
    }
  }
  return portions;
}

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

import { applyFact } from './apply.ts';
import { type Bucket, bucketAt, type Granularity } from './bucket.ts';
import { type Cell, cloneCell, emptyCell, mergeCells } from './cell.ts';
import type { Contribution } from './contribution.ts';
import { providerOf, TOTAL } from './document.ts';

/** All cells of one bucket while it is being folded: totals and by provider; by provider/model/kind; by style. */
export interface OpenBucket {
  bucket: Bucket;
  /** How many contributions are in it. */
  contributions: number;
  head: Map<string, Cell>;
  parts: Map<string, Cell>;
  style: Map<string, Cell>;
}

/** Buckets of one granularity and zone, by their start. */
export type OpenBuckets = Map<number, OpenBucket>;

/** The bucket of a moment, opened where it is not yet. */
export function openAt(buckets: OpenBuckets, atMs: number, granularity: Granularity, zone?: string): OpenBucket {
  const bucket = bucketAt(atMs, granularity, zone);
  const known = buckets.get(bucket.startMs);
  if (known) return known;
  const opened = { bucket, contributions: 0, head: new Map(), parts: new Map(), style: new Map() };
  buckets.set(bucket.startMs, opened);
  return opened;
}

/** Counts a contribution by provider/model/kind and by style; `sumHead` follows. */
export function add(open: OpenBucket, { cellKey, style, fact }: Contribution): void {
  open.contributions += 1;
  applyFact(cellOf(open.parts, cellKey), fact);
  if (style !== undefined) applyFact(cellOf(open.style, style), fact);
}

/** Sums the cells by provider/model/kind up to those of the providers and the total, which were empty. */
export function sumHead({ head, parts }: OpenBucket): void {
  for (const [key, cell] of parts) mergeInto(head, providerOf(key), cell);
  for (const [key, cell] of Array.from(head)) if (key !== TOTAL) mergeInto(head, TOTAL, cell);
}

/** Adds all that is in one bucket to another. */
export function mergeBucket(into: OpenBucket, from: OpenBucket): void {
  into.contributions += from.contributions;
  mergeAll(into.head, from.head);
  mergeAll(into.parts, from.parts);
  mergeAll(into.style, from.style);
}

/** Adds cells to cells, key by key; the cells of `from` stay as they are. */
export function mergeAll(into: Map<string, Cell>, from: ReadonlyMap<string, Cell>): void {
  for (const [key, cell] of from) mergeInto(into, key, cell);
}

function mergeInto(cells: Map<string, Cell>, key: string, cell: Cell): void {
  const known = cells.get(key);
  if (known) mergeCells(known, cell);
  else cells.set(key, cloneCell(cell));
}

function cellOf(cells: Map<string, Cell>, key: string): Cell {
  const known = cells.get(key);
  if (known) return known;
  const cell = emptyCell();
  cells.set(key, cell);
  return cell;
}

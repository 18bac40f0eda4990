import { type Bucket, GRANULARITIES } from './bucket.ts';
import type { Cell } from './cell.ts';

/** The meaning of rollup documents; two versions can stand side by side, since it begins their ids. */
export const ROLLUP_VERSION = 1;

/** What one document of a bucket holds: totals and cells by provider; a part of the cells; cells by style. */
export type Part = 'head' | 'style' | `p${number}`;

/** The key of the cell of everything in a bucket. */
export const TOTAL = '*';

/** The content of one rollup document. */
export interface RollupDocument {
  id: string;
  bucket: Bucket;
  part: Part;
  /** By `*` and provider; by provider/model/kind; by style. */
  cells: Map<string, Cell>;
}

/** Such as `v1~1h~America-New_York~2026-11-21T05:00Z~head`: without a slash, and in order of time within zone and granularity. */
export function documentId({ granularity, zone, startMs }: Bucket, part: Part, version = ROLLUP_VERSION): string {
  const start = `${new Date(startMs).toISOString().slice(0, 16)}Z`;
  return [`v${version}`, granularity, zone.replaceAll('/', '-'), start, part].join('~');
}

/** The part of a bucket that a provider/model/kind cell is in. */
export function partOf(cellKey: string, { granularity }: Pick<Bucket, 'granularity'>): Part {
  return `p${hashOf(cellKey) % GRANULARITIES[granularity].parts}`;
}

/** FNV-1a of 32 bits, its halves mixed: made for every cell of every bucket, where sha256 would be felt. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** Every document that a bucket can have. */
export function partsOf({ granularity }: Pick<Bucket, 'granularity'>): Part[] {
  const parts = Array.from({ length: GRANULARITIES[granularity].parts }, (_, part): Part => `p${part}`);
  return ['head', ...parts, 'style'];
}

/** The provider that a provider/model/kind cell belongs to. */
export function providerOf(cellKey: string): string {
  return cellKey.split('/', 1)[0] ?? cellKey;
}

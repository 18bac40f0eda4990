import { createHash } from 'node:crypto';

/** How many ways rising fields are spread; Firestore takes about 500 writes a second for each. */
export const SHARDS = 8;

/** Every shard, for a query that must see all of them. */
export const ALL_SHARDS: readonly number[] = Array.from({ length: SHARDS }, (_, shard) => shard);

/** A stable shard, 0 to 7, for a key. */
export function shardOf(key: string): number {
  return createHash('sha256').update(key).digest().readUInt32BE(0) % SHARDS;
}

import { contributionsOf, type RollupEvent } from '../../../src/core/rollup/contribution.ts';
import { add, type OpenBucket, sumHead } from '../../../src/core/rollup/openBucket.ts';

/** What rollups count of some events between two moments. */
export function foldedBetween(events: readonly RollupEvent[], startMs: number, endMs: number): OpenBucket {
  const open: OpenBucket = {
    bucket: { granularity: '1d', zone: 'UTC', startMs, endMs },
    ...{ contributions: 0, head: new Map(), parts: new Map(), style: new Map() },
  };
  for (const event of events)
    for (const contribution of contributionsOf(event))
      if (contribution.atMs >= startMs && contribution.atMs < endMs) add(open, contribution);
  sumHead(open);
  return open;
}

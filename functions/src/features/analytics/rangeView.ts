import type { SourcedStretch } from '../../core/analytics/historyPlan.ts';
import type { Period } from '../../core/analytics/period.ts';
import type { AsOf } from './context.ts';

/** What an answer says of its period. */
export interface RangeView {
  from: string;
  to: string;
  tz: string;
  complete: boolean;
  through: string | null;
  sources: { source: SourcedStretch['source']; from: string; to: string; through: string | null }[];
}

/** How an answer names its period, and what it is made of: unless told otherwise of buckets alone. */
export function rangeView(
  { fromMs, toMs, zone }: Period,
  asOf: AsOf,
  found?: { sources: readonly SourcedStretch[] },
): RangeView {
  const throughs = { rollups: asOf.through, warehouse: asOf.restsOn.warehouse?.through };
  const sources = found?.sources ?? [{ source: 'rollups' as const, startMs: fromMs, endMs: toMs }];
  const throughMs = Math.min(...sources.map(({ source }) => throughs[source]?.getTime() ?? Number.NEGATIVE_INFINITY));
  return {
    ...{ from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString(), tz: zone },
    complete: sources.every(({ source, endMs }) => (throughs[source]?.getTime() ?? 0) >= endMs),
    through: Number.isFinite(throughMs) ? new Date(throughMs).toISOString() : null,
    sources: sources.map(({ source, startMs, endMs }) => ({
      ...{ source, from: new Date(startMs).toISOString(), to: new Date(endMs).toISOString() },
      through: throughs[source]?.toISOString() ?? null,
    })),
  };
}

import { type Period, periodOf } from '../../core/analytics/period.ts';
import { assertFits, bucketZoneOf, type ExportQuery, type Plan, typesOf } from '../../core/export/query.ts';
import { now } from '../../platform/clock.ts';
import { reportingZones } from '../aggregation/index.ts';
import { countedUpTo, zoneOf } from '../analytics/index.ts';

/** Until then an event with an earlier time of record may still be committed. */
const SETTLE_MS = 10_000;

/**
 * What is exported for a question, as of now: all events recorded up to 10 s ago, generations asked for by now, buckets as far
 * as they are counted. Throws AppError `invalid_request`.
 */
export async function planOf(query: ExportQuery): Promise<Plan> {
  assertFits(query);
  const { dataset, format, from, to, range, tz } = query;
  const types = typesOf(query.types);
  const nowMs = now().getTime();
  const periodAsOf = (asOfMs: number): Period => periodOf({ from, to, range }, zoneOf(tz), asOfMs);
  const { provider, model, kind, style, outcome } = query;
  const common = { dataset, format, provider, model, kind, style, outcome, types };
  if (dataset === 'generations') return { ...common, ...stretch(periodAsOf(nowMs)), asOfMs: nowMs };
  if (dataset === 'events') return { ...common, ...stretch(periodAsOf(nowMs)), asOfMs: nowMs - SETTLE_MS };
  const granularity = query.granularity ?? '1h';
  const zone = bucketZoneOf(zoneOf(query.zone ?? tz), granularity, reportingZones());
  const { through, rollupVersion } = await countedUpTo();
  const period = stretch(periodAsOf((through ?? now()).getTime()));
  // While nothing is counted yet, nothing is known of any bucket.
  return { ...common, ...period, asOfMs: through?.getTime() ?? 0, granularity, zone, rollupVersion };
}

const stretch = ({ fromMs, toMs }: Period) => ({ fromMs, toMs });

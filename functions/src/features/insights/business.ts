import { type PeriodRow, partOf, QUERIED_PARTS, type QueriedPart } from '../../core/insights/business/fromRows.ts';
import { FOLLOWS_WITHIN_DAYS } from '../../core/insights/business/schema.ts';
import { dateOf, INSIGHT_GRANULARITIES } from '../../core/insights/period.ts';
import { type Parameter, runQuery } from '../../platform/bigquery/query.ts';
import { type Computation, type InsightWindow, periodKey, windowParams } from './computation.ts';

/** `scripts/sql/<name>.sql` of each part. */
export const BUSINESS_QUERIES: Readonly<Record<QueriedPart, string>> = {
  revenue: 'business/revenue',
  subscriptions: 'business/subscriptions',
  trials: 'business/trials',
  activeUsers: 'business/active_users',
  retention: 'business/retention',
  funnel: 'business/funnel',
  features: 'business/features',
  tickets: 'business/tickets',
};

/** Parts that look at what follows a start in the period. */
const FOLLOWED: ReadonlySet<QueriedPart> = new Set(['trials', 'funnel']);

/** Parts for which the oldest event may still matter. */
const OF_ALL_HISTORY: ReadonlySet<QueriedPart> = new Set(['subscriptions', 'trials', 'tickets']);

/** The business metrics, one query each. */
export const BUSINESS: readonly Computation[] = QUERIED_PARTS.map((part) => ({
  ...{ collection: 'business_metrics', part },
  granularities: part === 'retention' ? ['week', 'month'] : INSIGHT_GRANULARITIES,
  settlesAfterDays: FOLLOWED.has(part) ? FOLLOWS_WITHIN_DAYS : 0,
  compute: (window) => compute(part, window),
}));

/** The parameters of a part's query: only those that it has. */
export function businessParams(part: QueriedPart, window: InsightWindow): Record<string, Parameter> {
  const { from, ...known } = windowParams(window);
  return {
    ...known,
    ...(!OF_ALL_HISTORY.has(part) && { from }),
    ...(part === 'activeUsers' && { today: dateOf(window.through.getTime()) }),
    ...(part === 'trials' && { through: window.through }),
  };
}

async function compute(part: QueriedPart, window: InsightWindow): Promise<ReadonlyMap<string, object>> {
  const throughMs = window.through.getTime();
  const rows = await runQuery<PeriodRow>(BUSINESS_QUERIES[part], businessParams(part, window));
  const byPeriod = Map.groupBy(rows, ({ period }) => String(period));
  return new Map(
    window.periods.map((period) => {
      const key = periodKey(period);
      return [key, partOf(part, byPeriod.get(key) ?? [], period, throughMs)];
    }),
  );
}

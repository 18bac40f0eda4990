import { type SegmentRow, segmentsOf } from '../../core/insights/behaviourSegments.ts';
import {
  type ActivityRow,
  activityOf,
  type FirstGenerationRow,
  firstGenerationsOf,
  type HourRow,
  hoursOf,
  type PreferenceRow,
  preferencesOf,
} from '../../core/insights/behaviourViews.ts';
import { addDays, dateOf, INSIGHT_GRANULARITIES, type InsightPeriod } from '../../core/insights/period.ts';
import { runQuery } from '../../platform/bigquery/query.ts';
import { type Computation, periodKey, windowOf, windowParams } from './computation.ts';

/** What users did in each period, and in which segments they are: one query each. */
export const BEHAVIOUR: readonly Computation[] = [
  computationOf('behaviour/segments', (rows: SegmentRow[]) => segmentsOf(rows)),
  computationOf('behaviour/activity', ([row]: ActivityRow[]) => activityOf(row)),
  computationOf('behaviour/preferences', (rows: PreferenceRow[]) => preferencesOf(rows)),
  computationOf('behaviour/hours', (rows: HourRow[]) => hoursOf(rows)),
  computationOf('behaviour/firstGenerations', ([row]: FirstGenerationRow[]) => firstGenerationsOf(row)),
];

function computationOf<Row extends { period: string }>(query: string, partOf: (rows: Row[]) => object): Computation {
  return {
    collection: 'user_behavior_insights',
    part: query.slice('behaviour/'.length),
    granularities: INSIGHT_GRANULARITIES,
    settlesAfterDays: 0,
    async compute({ periods, through }) {
      const asked = new Map(periods.map((period) => [periodKey(period), untilToday(period, through)]));
      // An open day and an open week may be the same until tomorrow.
      const distinct = [...new Map([...asked.values()].map((period) => [periodKey(period), period])).values()];
      const rows = await runQuery<Row>(query, windowParams(windowOf(distinct, through)));
      const found = Map.groupBy(rows, ({ period }) => period);
      return new Map([...asked].map(([key, period]) => [key, partOf(found.get(periodKey(period)) ?? [])]));
    },
  };
}

/** An open period as if it ended with today: what users are, they are today. */
function untilToday(period: InsightPeriod, through: Date): InsightPeriod {
  const tomorrow = addDays(dateOf(through.getTime()), 1);
  return period.end < tomorrow ? period : { ...period, end: tomorrow };
}

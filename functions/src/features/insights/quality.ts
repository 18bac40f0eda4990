import { INSIGHT_GRANULARITIES, type InsightPeriod, periodBefore } from '../../core/insights/period.ts';
import type { OutcomeRow, ScoreRow } from '../../core/insights/qualityCounted.ts';
import { qualityOf } from '../../core/insights/qualityGroups.ts';
import { runQuery } from '../../platform/bigquery/query.ts';
import { type Computation, type InsightWindow, periodKey, windowOf, windowParams } from './computation.ts';

/** Scores, ratings and errors of each period, and whether they moved since the one before. */
export const QUALITY: readonly Computation[] = [
  {
    collection: 'quality_insights',
    part: 'quality',
    granularities: INSIGHT_GRANULARITIES,
    settlesAfterDays: 0,
    compute,
  },
];

async function compute({ periods, through }: InsightWindow): Promise<ReadonlyMap<string, object>> {
  const params = windowParams(windowOf(withThoseBefore(periods), through));
  const [scoreRows, outcomeRows] = await Promise.all([
    runQuery<ScoreRow>('quality/scores', params),
    runQuery<OutcomeRow>('quality/outcomes', params),
  ]);
  const [scores, outcomes] = [
    Map.groupBy(scoreRows, ({ period }) => period),
    Map.groupBy(outcomeRows, ({ period }) => period),
  ];
  const rowsOf = (period: InsightPeriod) => ({
    scores: scores.get(periodKey(period)) ?? [],
    outcomes: outcomes.get(periodKey(period)) ?? [],
  });
  return new Map(
    periods.map((period) => [periodKey(period), qualityOf(rowsOf(period), rowsOf(periodBefore(period)))] as const),
  );
}

function withThoseBefore(periods: readonly InsightPeriod[]): InsightPeriod[] {
  const all = [...periods, ...periods.map((period) => periodBefore(period))];
  return [...new Map(all.map((period) => [periodKey(period), period])).values()];
}

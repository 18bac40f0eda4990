import { AppError } from '../../core/errors.ts';
import { RETENTION_COLUMNS, retentionPeriods, retentionRows } from '../../core/insights/business/retention.ts';
import { totalChanges, totalsOf } from '../../core/insights/business/totals.ts';
import { funnelView, maturityOf, metricsOf, ratiosOf, ratioView } from '../../core/insights/business/view.ts';
import type { InsightDocument } from '../../core/insights/document.ts';
import {
  dateOf,
  type InsightPeriod,
  type InsightQuery,
  MOST_PERIODS,
  periodBefore,
  periodId,
  periodsAsked,
} from '../../core/insights/period.ts';
import { now } from '../../platform/clock.ts';
import { type InsightAnswer, readInsights } from './read.ts';
import type { InsightState } from './state.ts';

/** What is asked for; with the periods before, as many, on request. */
export interface BusinessQuestion extends InsightQuery {
  compare?: 'previous' | 'none' | undefined;
}

/** What the periods asked for came to; throws AppError as `readInsights` and `periodsAsked` do. */
export async function business({ through }: InsightState, question: BusinessQuestion) {
  const asked = atMost(question.compare === 'previous' ? MOST_PERIODS / 2 : MOST_PERIODS, periodsOf(question, through));
  const answer = await readInsights('business_metrics', asked, through);
  const totals = totalsOf(answer.documents.map(metricsOf));
  const found = {
    ...headOf(question, asked, answer),
    periods: answer.documents.map((document) => ({ ...headOfPeriod(document, answer), ...numbersOf(document) })),
    totals,
  };
  const [first] = asked;
  if (question.compare !== 'previous' || !first) return found;
  const before = asked.map((period) => periodBefore(period, asked.length));
  const previous = await readInsights('business_metrics', before, through);
  const earlier = totalsOf(previous.documents.map(metricsOf));
  return {
    ...found,
    previous: { range: rangeOf(before), totals: earlier, changes: totalChanges(totals, earlier) },
  };
}

/** Which features were used in each period, and by which share of its active users. */
export async function featureAdoption({ through }: InsightState, question: InsightQuery) {
  const asked = periodsOf(question, through);
  const answer = await readInsights('business_metrics', asked, through, ['features', 'activeUsers']);
  return {
    ...headOf(question, asked, answer),
    periods: answer.documents.map((document) => {
      const { features, activeUsers } = metricsOf(document);
      const used = features?.features.map((feature) => ({
        ...feature,
        ...(activeUsers && { adoption: ratioView(feature.users, activeUsers.users) }),
      }));
      return { ...headOfPeriod(document, answer), ...(used && { features: used }) };
    }),
  };
}

/** How many of those who signed up in each week or month were active in it and in the eleven after it. */
export async function retention({ through }: InsightState, question: InsightQuery) {
  const cohorts = atMost(MOST_PERIODS - RETENTION_COLUMNS + 1, periodsOf(question, through));
  const periods = retentionPeriods(cohorts);
  const answer = await readInsights('business_metrics', periods, through, ['retention']);
  return { ...headOf(question, cohorts, answer, periods), cohorts: retentionRows(cohorts, answer.documents) };
}

/** The periods of a question, as of what the warehouse has. Throws AppError `invalid_request`. */
export const periodsOf = (question: InsightQuery, through: Date | undefined): InsightPeriod[] =>
  periodsAsked(question, dateOf((through ?? now()).getTime()));

function atMost(most: number, periods: InsightPeriod[]): InsightPeriod[] {
  if (periods.length <= most) return periods;
  const message = `At most ${most} periods can be asked for at once.`;
  throw new AppError('invalid_request', message, [{ path: 'from', message }]);
}

function rangeOf(periods: readonly InsightPeriod[]) {
  return { from: periods[0]?.start ?? '', to: periods.at(-1)?.end ?? '', tz: 'UTC' as const };
}

/** What every answer about periods begins with; `read` are those that it is made of. */
export function headOf(
  { granularity }: InsightQuery,
  asked: readonly InsightPeriod[],
  answer: InsightAnswer,
  read = asked,
) {
  const { documents, fromWarehouse, through } = answer;
  const fromDocuments = documents.length - fromWarehouse.size;
  return {
    ...{ granularity, range: rangeOf(asked), through: through?.toISOString() ?? null },
    complete: documents.length === read.length && documents.every(({ isClosed }) => isClosed),
    source: fromWarehouse.size === 0 ? 'documents' : fromDocuments === 0 ? 'warehouse' : 'both',
  } as const;
}

/** What is said of each period. */
export function headOfPeriod(document: InsightDocument, { fromWarehouse }: InsightAnswer) {
  const { start, end, isClosed, through, computedAt } = document;
  return {
    ...{ start, end, isClosed, through: through.toISOString(), computedAt: computedAt.toISOString() },
    source: fromWarehouse.has(periodId(document)) ? ('warehouse' as const) : ('document' as const),
  };
}

function numbersOf(document: InsightDocument) {
  const { trials, funnel, retention: _, features: __, ...metrics } = metricsOf(document);
  return {
    ...metrics,
    ...(trials && { trials: { ...trials, ...maturityOf(document, 'trials') } }),
    ...(funnel && { funnel: { ...funnelView(funnel), ...maturityOf(document, 'funnel') } }),
    ratios: ratiosOf(metricsOf(document)),
  };
}

import type { LongRangeName, Period } from '../../core/analytics/period.ts';
import { previousPeriod } from '../../core/analytics/previousPeriod.ts';
import { trendOf } from '../../core/analytics/trend.ts';
import type { TrendPeriod } from '../../core/analytics/trendPeriods.ts';
import { changesOf, type MetricView, numbersOf, sumOf } from '../../core/analytics/view.ts';
import { AppError } from '../../core/errors.ts';
import type { Cell } from '../../core/rollup/cell.ts';
import { METRICS, type Metric } from '../../core/rollup/metrics.ts';
import { type AsOf, filtersOf, periodFor } from './context.ts';
import { rangeView } from './rangeView.ts';
import type { Compare } from './summary.ts';
import { type Series, type SeriesQuestion, seriesOf, sumOfKnown } from './trendsSeries.ts';

/** What is asked for; without a period the last 30 days. */
export interface TrendsQuestion extends SeriesQuestion {
  metric: readonly string[];
  from?: string | undefined;
  to?: string | undefined;
  range?: LongRangeName | undefined;
  tz: string;
  compare: Compare;
}

/** Groups in one answer, those with most arrivals. */
const MAX_GROUPS = 20;

/**
 * Where metrics are going: hour by hour to month by month, each with its slope, whether that can be chance, and whether the last
 * whole period is unusual; by provider, model or kind on request. Throws AppError `invalid_request`, also for more than 400
 * periods or a metric that is not in the catalogue.
 */
export async function trends(asOf: AsOf, question: TrendsQuestion) {
  const { granularity, compare } = question;
  const metrics = metricsOf(question.metric);
  const hasNoPeriod = question.from === undefined && question.to === undefined;
  const period = periodFor({ ...question, range: question.range ?? (hasNoPeriod ? '30d' : undefined) }, asOf);
  const before = compare === 'previous' ? previousOf(period, asOf, granularity) : undefined;
  const [now, then] = await Promise.all([seriesOf(asOf, period, question), before && seriesOf(asOf, before, question)]);
  const groups = [...now.groups].slice(0, MAX_GROUPS);
  return {
    ...{ range: rangeView(period, asOf, now.found), filters: filtersOf(question), granularity, by: question.by },
    periods: now.periods.map((each, at) => periodView(each, now.found.complete[at])),
    ...(before && then && { previous: previousView(before, asOf, then) }),
    groups: now.groups.size,
    series: groups.flatMap(([name, { group, cells }]) => {
      const whole = sumOfKnown(cells);
      const earlier = then && earlierOf(then, name);
      return metrics.map((metric) => {
        const points = pointsOf(cells, metric);
        const total = numberOf(whole, metric);
        return {
          ...{ ...group, metric: metric.name, unit: metric.unit, value: total.value, n: total.n, points },
          trend: trendIn(points, now, granularity === 'day'),
          ...(earlier && { previous: comparison(total, earlier, metric) }),
        };
      });
    }),
  };
}

const previousOf = (period: Period, { through }: AsOf, granularity: TrendsQuestion['granularity']): Period =>
  previousPeriod(period, through?.getTime() ?? 0, granularity === 'month' ? 'month' : 'day');

type Point = Pick<MetricView, 'value' | 'n'>;

const pointsOf = (cells: readonly (Cell | undefined)[], metric: Metric): Point[] =>
  cells.map((cell) => numberOf(cell, metric)).map(({ value, n }) => ({ value, n }));

function numberOf(cell: Cell | undefined, metric: Metric): MetricView {
  return numbersOf(cell, [metric])[metric.name] ?? { value: null, unit: metric.unit, n: 0 };
}

/** Of whole periods that are over: the others' values are of less time. */
function trendIn(points: readonly Point[], { periods, found }: Series, areDays: boolean) {
  const isOver = (at: number) => periods[at]?.isWhole === true && found.complete[at] === true;
  const values = points.map(({ value }, at) => (isOver(at) ? value : null));
  return trendOf(values, areDays ? periods.map(({ weekday }) => weekday) : undefined);
}

interface Earlier {
  cells: readonly (Cell | undefined)[];
  whole: Cell | undefined;
}

/** What a group was in the period before: nothing, where it was not there. */
function earlierOf({ groups, found }: Series, name: string): Earlier {
  const cells = groups.get(name)?.cells ?? found.cells.map((known) => known && sumOf([]));
  return { cells, whole: sumOfKnown(cells) };
}

function comparison(total: MetricView, { cells, whole }: Earlier, metric: Metric) {
  const before = numberOf(whole, metric);
  const { [metric.name]: change } = changesOf({ [metric.name]: total }, { [metric.name]: before });
  return { value: before.value, n: before.n, points: pointsOf(cells, metric), change };
}

function periodView({ startMs, endMs, isWhole }: TrendPeriod, complete: boolean | undefined) {
  const [start, end] = [new Date(startMs).toISOString(), new Date(endMs).toISOString()];
  return { start, end, isWhole, complete: complete === true };
}

function previousView(period: Period, asOf: AsOf, { periods, found }: Series) {
  return {
    range: rangeView(period, asOf, found),
    periods: periods.map((each, at) => periodView(each, found.complete[at])),
  };
}

function metricsOf(names: readonly string[]): Metric[] {
  return [...new Set(names)].map((name) => {
    const metric = METRICS.find((known) => known.name === name);
    if (!metric) throw refusal('metric', `There is no metric ${name}: GET /api/v1/metric-definitions has them all.`);
    return metric;
  });
}

function refusal(path: string, message: string): AppError {
  return new AppError('invalid_request', message, [{ path, message }]);
}

import { totalSelection } from '../../core/analytics/select.ts';
import { stretchesOf } from '../../core/analytics/slots.ts';
import { wholeView } from '../../core/analytics/view.ts';
import type { Granularity } from '../../core/rollup/bucket.ts';
import { type AsOf, filtersOf, modelsByName, periodFor, type Question } from './context.ts';
import { readCells, totalsIn } from './history.ts';
import { rangeView } from './rangeView.ts';

/** All metrics of a period, bucket by bucket. Throws AppError `invalid_request`, also for more than 400 buckets. */
export async function performance(asOf: AsOf, question: Question & { granularity: Granularity }) {
  const { granularity } = question;
  const period = periodFor(question, asOf);
  const stretches = stretchesOf(period, granularity);
  const found = await readCells(asOf, period.zone, stretches, totalSelection(question, modelsByName()));
  const totals = totalsIn(found);
  const series = stretches.map(({ startMs, endMs }, i) => ({
    ...{ start: new Date(startMs).toISOString(), end: new Date(endMs).toISOString() },
    complete: found.complete[i] === true,
    metrics: wholeView(totals[i]),
  }));
  return { range: rangeView(period, asOf, found), filters: filtersOf(question), granularity, series };
}

import { slotsOf } from '../../core/analytics/slots.ts';
import { wholeView } from '../../core/analytics/view.ts';
import type { Granularity } from '../../core/rollup/bucket.ts';
import { totalsOf } from './cells.ts';
import { type AsOf, filtersOf, kept, periodFor, type Question, rangeView } from './context.ts';

/** All metrics of a period, bucket by bucket. Throws AppError `invalid_request`, also for more than 400 buckets. */
export async function performance(asOf: AsOf, question: Question & { granularity: Granularity }) {
  const { granularity } = question;
  const period = periodFor(question, asOf);
  const slots = slotsOf(period, granularity, kept());
  const totals = await totalsOf(asOf, slots, question);
  const series = slots.map(({ startMs, endMs }, i) => ({
    ...{ start: new Date(startMs).toISOString(), end: new Date(endMs).toISOString() },
    complete: asOf.through !== undefined && endMs <= asOf.through.getTime(),
    metrics: wholeView(totals[i]),
  }));
  return { range: rangeView(period, asOf), filters: filtersOf(question), granularity, series };
}

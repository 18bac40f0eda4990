import { previousPeriod } from '../../core/analytics/period.ts';
import { changesOf, wholeView } from '../../core/analytics/view.ts';
import { UTC } from '../../core/rollup/bucket.ts';
import type { Cell } from '../../core/rollup/cell.ts';
import { latestTotal } from '../aggregation/index.ts';
import { totalOf } from './cells.ts';
import { type AsOf, filtersOf, periodFor, type Question, rangeView } from './context.ts';

export type Compare = 'previous' | 'none';

/** All metrics of a period, and of the one before where that is asked for. Throws AppError `invalid_request`. */
export async function summary(asOf: AsOf, question: Question & { compare: Compare }) {
  const period = periodFor(question, asOf);
  const metrics = wholeView((await latestOf(asOf, question)) ?? (await totalOf(asOf, period, question)));
  const range = rangeView(period, asOf);
  const filters = filtersOf(question);
  if (question.compare === 'none') return { range, filters, metrics };
  const before = previousPeriod(period, (asOf.through ?? new Date(0)).getTime());
  const earlier = wholeView(await totalOf(asOf, before, question));
  const changes = changesOf(metrics, earlier);
  return { range, filters, metrics, previous: { range: rangeView(before, asOf), metrics: earlier, changes } };
}

/** The total where it is kept ready: everything, in a named range of UTC. */
async function latestOf({ bucketsVersion, through }: AsOf, question: Question): Promise<Cell | undefined> {
  const { from, range = '24h', tz } = question;
  if (from !== undefined || tz !== UTC || through === undefined) return undefined;
  return Object.keys(filtersOf(question)).length > 0 ? undefined : latestTotal({ bucketsVersion, through }, range);
}

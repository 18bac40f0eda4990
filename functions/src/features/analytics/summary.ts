import type { Period } from '../../core/analytics/period.ts';
import { previousPeriod } from '../../core/analytics/previousPeriod.ts';
import { changesOf, wholeView } from '../../core/analytics/view.ts';
import { UTC } from '../../core/rollup/bucket.ts';
import type { Cell } from '../../core/rollup/cell.ts';
import { latestTotal } from '../aggregation/index.ts';
import { totalOf } from './cells.ts';
import { type AsOf, filtersOf, periodFor, type Question } from './context.ts';
import { rangeView } from './rangeView.ts';

export type Compare = 'previous' | 'none';

/** All metrics of a period, and of the one before where that is asked for. Throws AppError `invalid_request`. */
export async function summary(asOf: AsOf, question: Question & { compare: Compare }) {
  const period = periodFor(question, asOf);
  const before = previousPeriod(period, (asOf.through ?? new Date(0)).getTime());
  const [{ cell, range }, previous] = await Promise.all([
    wholeOf(asOf, period, question),
    question.compare === 'previous' ? totalOf(asOf, before, question) : undefined,
  ]);
  const metrics = wholeView(cell);
  const filters = filtersOf(question);
  if (!previous) return { range, filters, metrics };
  const earlier = wholeView(previous.cell);
  const changes = changesOf(metrics, earlier);
  return { range, filters, metrics, previous: { range: previous.range, metrics: earlier, changes } };
}

async function wholeOf(asOf: AsOf, period: Period, question: Question): ReturnType<typeof totalOf> {
  const latest = await latestOf(asOf, question);
  return latest ? { cell: latest, range: rangeView(period, asOf) } : totalOf(asOf, period, question);
}

/** The total where it is kept ready: everything, in a named range of UTC. */
async function latestOf({ bucketsVersion, through, restsOn }: AsOf, question: Question): Promise<Cell | undefined> {
  const { from, range = '24h', tz } = question;
  if (from !== undefined || tz !== UTC || through === undefined) return undefined;
  if (Object.keys(filtersOf(question)).length > 0) return undefined;
  restsOn.buckets = true;
  return latestTotal({ bucketsVersion, through }, range);
}

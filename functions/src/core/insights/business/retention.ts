import type { InsightDocument } from '../document.ts';
import { type InsightPeriod, periodAt, periodId } from '../period.ts';
import { metricsOf, type RatioView, ratioView } from './view.ts';

/** How many of a cohort were active in one period. */
export interface RetentionCell {
  /** 0: the period in which they signed up. */
  periodsLater: number;
  start: string;
  activeUsers: number;
  share: RatioView;
  /** False: the period is not over, more may still come. */
  isClosed: boolean;
}

/** Those who signed up in one week or month. */
export interface RetentionRow {
  start: string;
  end: string;
  users: number;
  cells: RetentionCell[];
}

/** How many periods of a cohort are looked at, its own among them. */
export const RETENTION_COLUMNS = 12;

/** A row for each cohort, from the documents of its periods: each holds the cells of one period, of all its cohorts. */
export function retentionRows(
  cohorts: readonly InsightPeriod[],
  documents: readonly InsightDocument[],
): RetentionRow[] {
  return cohorts.map(({ granularity, start, end }) => {
    const cells: RetentionCell[] = [];
    let users = 0;
    for (const document of documents) {
      const cell = metricsOf(document).retention?.cohorts.find((cohort) => cohort.start === start);
      if (!cell || document.granularity !== granularity) continue;
      users = cell.users;
      cells.push({
        ...{ periodsLater: cell.periodsLater, start: document.start, activeUsers: cell.activeUsers },
        ...{ share: ratioView(cell.activeUsers, cell.users), isClosed: document.isClosed },
      });
    }
    return { start, end, users, cells };
  });
}

/** The periods whose documents the cohorts are in: theirs, and the eleven after the last. */
export function retentionPeriods(cohorts: readonly InsightPeriod[]): InsightPeriod[] {
  const periods = new Map(cohorts.map((period) => [periodId(period), period]));
  let last = cohorts.at(-1);
  for (let later = 1; last && later < RETENTION_COLUMNS; later++) {
    last = periodAt(last.granularity, last.end);
    periods.set(periodId(last), last);
  }
  return [...periods.values()];
}

import { type InsightDocument, type PartFound, withParts } from '../../core/insights/document.ts';
import { closedDay, periodsDue } from '../../core/insights/due.ts';
import { type InsightPeriod, periodId } from '../../core/insights/period.ts';
import { QueryFailed } from '../../platform/bigquery/query.ts';
import { now } from '../../platform/clock.ts';
import { changeInsights, type InsightChanges, type InsightCollection } from '../../platform/insights.ts';
import { logOf } from '../../platform/logs.ts';
import { API_USAGE } from './apiUsage.ts';
import { BEHAVIOUR } from './behaviour.ts';
import { BUSINESS } from './business.ts';
import { type Computation, periodKey, windowOf } from './computation.ts';
import { inTurns } from './inTurns.ts';
import { QUALITY } from './quality.ts';
import { insightState, noteClosed } from './state.ts';

const log = logOf('insights');

/** Every part of every insight. */
export const COMPUTATIONS: readonly Computation[] = [...BUSINESS, API_USAGE, ...QUALITY, ...BEHAVIOUR];

/** Queries at once. */
const AT_ONCE = 4;

/**
 * Reasons for which no query would be answered now: https://cloud.google.com/bigquery/docs/error-messages. A `timeout` may be of
 * one query alone.
 */
const UNAVAILABLE: ReadonlySet<string> = new Set([
  ...['backendError', 'rateLimitExceeded', 'quotaExceeded', 'noConnection'],
]);

/** What a run did. */
export interface ComputedInsights {
  written: number;
  failed: string[];
}

/**
 * Computes today and the week and month that it is in; once a day, an hour after midnight, the days before it, too. A part whose
 * query fails leaves what was there and is tried again by the next run; once the warehouse is found not to be available, no other
 * part is asked for. Does nothing where there is no warehouse yet.
 */
export async function computeInsights(): Promise<ComputedInsights> {
  const { through, closed } = await insightState();
  if (!through) return { written: 0, failed: [] };
  let isAvailable = true;
  const runs = await inTurns(COMPUTATIONS, AT_ONCE, async (computation): Promise<Run> => {
    const { granularities, settlesAfterDays } = computation;
    const periods = periodsDue(granularities, settlesAfterDays, closed[nameOf(computation)], through);
    if (!isAvailable) return failedRun(computation, periods, through);
    try {
      return { computation, periods, found: await partsOf(computation, periods, through), hasFailed: false };
    } catch (error) {
      // The other parts do not depend on it, and the next run tries again.
      const reason = error instanceof QueryFailed ? error.reason : undefined;
      log.error('could not compute', error, { part: nameOf(computation), ...(reason && { reason }) });
      if (reason !== undefined && UNAVAILABLE.has(reason)) isAvailable = false;
      return failedRun(computation, periods, through);
    }
  });
  const collections = new Set(COMPUTATIONS.map(({ collection }) => collection));
  let written = 0;
  let overtaken = 0;
  for (const collection of collections) {
    const changes = await save(
      collection,
      runs.filter(({ computation }) => computation.collection === collection),
    );
    written += changes.written;
    overtaken += changes.overtaken;
  }
  const found = runs.filter(({ hasFailed }) => !hasFailed);
  // Where another run wrote in between, the next one does all of it again.
  const done = overtaken === 0 ? found.map(({ computation }) => nameOf(computation)) : [];
  const day = closedDay(through);
  await noteClosed(Object.fromEntries(done.map((name) => [name, day])), written > 0);
  const failed = COMPUTATIONS.map(nameOf).filter((name) => !done.includes(name));
  log.info('computed', { written, parts: found.length, failed: failed.length });
  return { written, failed };
}

const nameOf = ({ collection, part }: Computation) => `${collection}/${part}`;

/** What one part found. */
interface Run {
  computation: Computation;
  periods: readonly InsightPeriod[];
  found: ReadonlyMap<string, PartFound>;
  hasFailed: boolean;
}

function failedRun(computation: Computation, periods: readonly InsightPeriod[], through: Date): Run {
  const { part, settlesAfterDays, mayBeUnknown } = computation;
  const nothing = { part, found: undefined, through, settlesAfterDays };
  const failed = mayBeUnknown ? [] : periods.map((period) => [periodId(period), nothing] as const);
  return { computation, periods, found: new Map(failed), hasFailed: true };
}

/** What a part finds of these periods, by their ids. Throws QueryFailed. */
export async function partsOf(
  { part, settlesAfterDays, compute }: Computation,
  periods: readonly InsightPeriod[],
  through: Date,
): Promise<ReadonlyMap<string, PartFound>> {
  const found = await compute(windowOf(periods, through));
  return new Map(
    periods.flatMap((period) => {
      const value = found.get(periodKey(period));
      return value ? [[periodId(period), { part, found: value, through, settlesAfterDays }] as const] : [];
    }),
  );
}

function save(collection: InsightCollection, runs: readonly Run[]): Promise<InsightChanges> {
  const periods = new Map(runs.flatMap((run) => run.periods.map((period) => [periodId(period), period] as const)));
  const computedAt = now();
  const isWhole = (id: string) => {
    const parts = runs.flatMap(({ found }) => found.get(id) ?? []);
    return parts.some(({ found, settlesAfterDays }) => found !== undefined && settlesAfterDays === 0);
  };
  return changeInsights(collection, [...periods.values()], (period, before): InsightDocument | undefined => {
    const id = periodId(period);
    const parts = runs.flatMap(({ found }) => found.get(id) ?? []);
    // What settles later is kept up where there is a document; it makes none that would have nothing else.
    return before || isWhole(id) ? withParts(before, period, parts, computedAt) : undefined;
  });
}

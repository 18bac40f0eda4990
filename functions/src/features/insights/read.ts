import { AppError } from '../../core/errors.ts';
import { type InsightDocument, type PartFound, withParts } from '../../core/insights/document.ts';
import { type InsightPeriod, msOf, periodId } from '../../core/insights/period.ts';
import { warehouseName } from '../../platform/bigquery/client.ts';
import { QueryFailed } from '../../platform/bigquery/query.ts';
import { now } from '../../platform/clock.ts';
import { type InsightCollection, insightsOf } from '../../platform/insights.ts';
import { logOf } from '../../platform/logs.ts';
import { COMPUTATIONS, partsOf } from './compute.ts';
import { inTurns } from './inTurns.ts';
import { type InsightState, insightState } from './state.ts';

const log = logOf('insights');

/** A document that is still open so long after its end was missed: it is computed for the answer. */
const MISSED_AFTER_MS = 26 * 60 * 60_000;
const AT_ONCE = 4;

/** What is known of some periods. */
export interface InsightAnswer {
  /** Those that have begun, in order. */
  documents: InsightDocument[];
  /** The ids of those that were computed from the warehouse for this answer, since there was no document. */
  fromWarehouse: ReadonlySet<string>;
  /** Everything recorded up to here is in the warehouse; undefined: nothing is there yet. */
  through: Date | undefined;
}

/** Where the insights are, for answers made of them. Throws AppError `unavailable` where there is no warehouse. */
export async function insightsAsOf(): Promise<InsightState> {
  if (warehouseName() === undefined) throw new AppError('unavailable', 'This project has no warehouse.');
  return insightState();
}

/**
 * What is known of these periods, which are of one granularity and follow each other. Those without a document, or with one that
 * was left open, are computed from the warehouse: `parts` of them alone where it is given. Throws AppError where that fails and
 * there is a period without a document: `too_large` where it would read more of the warehouse than a query may, `unavailable`
 * where the warehouse does not answer.
 */
export async function readInsights(
  collection: InsightCollection,
  asked: readonly InsightPeriod[],
  through: Date | undefined,
  parts?: readonly string[],
): Promise<InsightAnswer> {
  const throughMs = through?.getTime() ?? 0;
  const periods = asked.filter(({ start }) => msOf(start) < throughMs);
  const stored = new Map((await insightsOf(collection, periods)).map((document) => [document.id, document]));
  const missing = periods.filter((period) => {
    const document = stored.get(periodId(period));
    return !document || (!document.isClosed && msOf(period.end) + MISSED_AFTER_MS < throughMs);
  });
  const computed = through
    ? await computeMissing(collection, missing, stored, through, parts)
    : new Map<string, InsightDocument>();
  return {
    documents: periods.flatMap((period) => computed.get(periodId(period)) ?? stored.get(periodId(period)) ?? []),
    fromWarehouse: new Set(computed.keys()),
    through,
  };
}

async function computeMissing(
  collection: InsightCollection,
  periods: readonly InsightPeriod[],
  stored: ReadonlyMap<string, InsightDocument>,
  through: Date,
  parts: readonly string[] | undefined,
): Promise<ReadonlyMap<string, InsightDocument>> {
  const granularity = periods[0]?.granularity;
  if (!granularity) return new Map();
  const computations = COMPUTATIONS.filter(
    (each) =>
      each.collection === collection &&
      each.granularities.includes(granularity) &&
      (parts?.includes(each.part) ?? true),
  );
  const areStored = periods.every((period) => stored.has(periodId(period)));
  const found = await inTurns(computations, AT_ONCE, (each) =>
    partsOf(each, periods, through).catch((error: unknown) =>
      areStored ? nothingNew(error, each.part) : refuse(error),
    ),
  );
  const computedAt = now();
  return new Map(
    periods.flatMap((period) => {
      const id = periodId(period);
      const document = withParts(
        stored.get(id),
        period,
        found.flatMap((part) => part.get(id) ?? []),
        computedAt,
      );
      return document ? [[id, document] as const] : [];
    }),
  );
}

/** A part that fails is answered as it was stored, which says up to when it is known. */
function nothingNew(error: unknown, part: string): ReadonlyMap<string, PartFound> {
  if (!(error instanceof QueryFailed)) throw error;
  log.warn('could not bring up to date', { part, reason: error.reason, error: error.message });
  return new Map();
}

/** https://cloud.google.com/bigquery/docs/error-messages */
function refuse(error: unknown): never {
  if (!(error instanceof QueryFailed)) throw error;
  if (error.reason === 'bytesBilledLimitExceeded')
    throw new AppError(
      'too_large',
      'So long a period would read more of the warehouse than one question may. Ask for less.',
    );
  log.error('could not compute what was asked for', error, { reason: error.reason });
  throw new AppError('unavailable', 'The warehouse does not answer. Try again later.');
}

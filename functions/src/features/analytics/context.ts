import { type Period, type PeriodQuery, periodOf, type RangeName } from '../../core/analytics/period.ts';
import type { Filters } from '../../core/analytics/select.ts';
import { AppError } from '../../core/errors.ts';
import { knownModels } from '../../core/ingest/cell.ts';
import { KNOWN_MODELS } from '../../params.ts';
import { now } from '../../platform/clock.ts';
import { aggregationState } from '../../platform/rollups.ts';
import { servedRollupVersion } from '../../platform/rollupVersions.ts';
import { reportingZones } from '../aggregation/index.ts';

/** Up to where the log is counted; an answer is the same as long as this is. */
export interface AsOf {
  /** Of the rollups that answers are made of. */
  rollupVersion: number;
  version: number;
  /** The state of the buckets; it stays while nothing is counted but time. */
  bucketsVersion: number;
  /** Undefined while nothing is counted yet. */
  through: Date | undefined;
  /** What the answer turned out to be made of, noted while it is made. */
  restsOn: { buckets: boolean; warehouse: WarehouseAsOf | undefined };
}

/** The warehouse as of one moment. */
export interface WarehouseAsOf {
  /** Everything recorded up to here is in it. */
  through: Date;
  /** Another one where it holds anything else. */
  state: string;
}

/** What is asked for, and of which part of it. */
export interface Question extends PeriodQuery, Filters {
  range?: RangeName | undefined;
  tz: string;
}

/** Up to where the log is counted now. A read. */
export async function countedUpTo(): Promise<AsOf> {
  const rollupVersion = servedRollupVersion();
  const state = await aggregationState(rollupVersion);
  // Until the first run is through with what it found, the state is at 1970.
  const through = state && state.through.getTime() > 0 ? state.through : undefined;
  const { version = 0, bucketsVersion = 0 } = state ?? {};
  return { rollupVersion, version, bucketsVersion, through, restsOn: { buckets: false, warehouse: undefined } };
}

/** The period of a question; named ranges are as of what is counted. Throws AppError `invalid_request`. */
export function periodFor(question: PeriodQuery & { tz: string }, { through }: AsOf): Period {
  return periodOf(question, zoneOf(question.tz), (through ?? now()).getTime());
}

/** What is still kept, for plans of what to read. */
export function kept() {
  return { zones: reportingZones(), nowMs: now().getTime() };
}

/** Models that have cells of their own, as provider/model. */
export function modelsByName(): ReadonlySet<string> {
  return knownModels(KNOWN_MODELS.value()).models;
}

/** The filters of a question, as an answer repeats them. */
export function filtersOf({ provider, model, kind, style }: Filters) {
  return {
    ...(provider !== undefined && { provider }),
    ...(model !== undefined && { model }),
    ...(kind !== undefined && { kind }),
    ...(style !== undefined && { style }),
  };
}

/** The zone under the name that its buckets have: a reporting zone's own, else the usual one. */
export function zoneOf(tz: string): string {
  const usual = usualName(tz);
  return reportingZones().find((zone) => usualName(zone) === usual) ?? usual;
}

/** Names that were looked up; each costs a fifth of a millisecond. Only those that exist are kept. */
const usualNames = new Map<string, string>();
const MAX_NAMES = 1_000;

function usualName(tz: string): string {
  const known = usualNames.get(tz);
  if (known !== undefined) return known;
  try {
    if (/^[A-Za-z]/.test(tz)) {
      const usual = new Intl.DateTimeFormat('en', { timeZone: tz }).resolvedOptions().timeZone;
      if (usualNames.size < MAX_NAMES) usualNames.set(tz, usual);
      return usual;
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  throw new AppError('invalid_request', 'The time zone is not known.', [{ path: 'tz', message: 'an IANA name' }]);
}

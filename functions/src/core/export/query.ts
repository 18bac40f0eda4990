import type { RangeName } from '../analytics/period.ts';
import { AppError } from '../errors.ts';
import { EVENT_TYPES, type EventType } from '../events/schema.ts';
import type { Outcome } from '../generation/outcome.ts';
import { GRANULARITIES, type Granularity, UTC } from '../rollup/bucket.ts';
import type { Format } from './format.ts';

export const DATASETS = ['generations', 'events', 'rollups'] as const;
export type Dataset = (typeof DATASETS)[number];

type Asked<T> = { [K in keyof T]?: T[K] | undefined };

/** Which rows of a data set are meant; absent: all. */
export interface RowFilters {
  provider: string;
  model: string;
  kind: string;
  style: string;
  outcome: Outcome;
}

/** What somebody asks for. */
export interface ExportQuery extends Asked<RowFilters> {
  dataset: Dataset;
  format: Format;
  from?: string | undefined;
  to?: string | undefined;
  range?: RangeName | undefined;
  tz: string;
  /** Types of events, separated by commas. */
  types?: string | undefined;
  granularity?: Granularity | undefined;
  /** Whose hours and days the buckets are. */
  zone?: string | undefined;
}

/** What is exported, fixed when it is asked for. Events count by when they were recorded, generations by when they were asked for. */
export interface Plan extends Asked<RowFilters> {
  dataset: Dataset;
  format: Format;
  fromMs: number;
  toMs: number;
  /** What came later is left out; before `toMs` where that lies ahead. */
  asOfMs: number;
  types?: EventType[] | undefined;
  granularity?: Granularity | undefined;
  zone?: string | undefined;
  /** Of the rollups, which are of one version throughout. */
  rollupVersion?: number | undefined;
}

const TAKES: Record<Dataset, readonly (keyof ExportQuery)[]> = {
  generations: ['provider', 'model', 'kind', 'style', 'outcome'],
  events: ['types'],
  rollups: ['provider', 'model', 'kind', 'granularity', 'zone'],
};
const FILTERS = ['provider', 'model', 'kind', 'style', 'outcome', 'types', 'granularity', 'zone'] as const;

/** Throws AppError `invalid_request` for a filter that the data set does not have. */
export function assertFits(query: ExportQuery): void {
  const { dataset } = query;
  const strange = FILTERS.filter((name) => query[name] !== undefined && !TAKES[dataset].includes(name));
  if (strange.length === 0) return;
  const problems = strange.map((path) => ({ path, message: `not for ${dataset}` }));
  throw new AppError('invalid_request', `${dataset} take ${TAKES[dataset].join(', ')}.`, problems);
}

/** The types of events in a list; undefined: all. Throws AppError `invalid_request` for one that is none. */
export function typesOf(list: string | undefined): EventType[] | undefined {
  if (list === undefined) return undefined;
  const names = [...new Set(list.split(',').map((name) => name.trim()))];
  const types = EVENT_TYPES.filter((type) => names.includes(type));
  const unknown = names.filter((name) => !EVENT_TYPES.some((type) => type === name));
  if (unknown.length === 0) return types;
  const problems = unknown.slice(0, 5).map((name) => ({ path: 'types', message: `not a type: ${name.slice(0, 50)}` }));
  throw new AppError('invalid_request', 'types are types of events, separated by commas.', problems);
}

/**
 * The zone whose hours or days the buckets are, `counted` being those besides UTC that are counted; minutes and quarters are
 * the same everywhere. Throws AppError `invalid_request` for another.
 */
export function bucketZoneOf(zone: string, granularity: Granularity, counted: readonly string[]): string {
  if (!GRANULARITIES[granularity].everyZone || zone === UTC) return UTC;
  if (counted.includes(zone)) return zone;
  const message = `Hours and days are counted in ${[UTC, ...counted].join(', ')}.`;
  throw new AppError('invalid_request', message, [{ path: 'zone', message: 'not counted' }]);
}

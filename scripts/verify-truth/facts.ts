/** How far ours may be from the truth. `quantile`: 0.5 % from 20 on. `users`: 2.5 % above 1,000. */
export type Rule = 'exact' | 'quantile' | 'users';

/** What is compared of every group of generations. */
export const METRICS = {
  arrivals: 'exact',
  users: 'users',
  succeeded: 'exact',
  failed: 'exact',
  blocked: 'exact',
  cancelled: 'exact',
  expired: 'exact',
  videosDelivered: 'exact',
  videoSec: 'exact',
  attempts: 'exact',
  costUsdMicros: 'exact',
  /** The sum of the times of all that ended. */
  totalMs: 'exact',
  totalMsP50: 'quantile',
  totalMsP95: 'quantile',
  totalMsP99: 'quantile',
} as const satisfies Record<string, Rule>;
export type MetricName = keyof typeof METRICS;
export const METRIC_NAMES = Object.keys(METRICS) as MetricName[];

/** What is said of one group; undefined where a number is missing. */
export type Facts = Readonly<Partial<Record<MetricName, number | undefined>>>;

/** What is said of all groups of one division, by their keys. */
export type FactsByKey = ReadonlyMap<string, Facts>;

/** Days of a zone, such as 2024-11-03, from one and before another. */
export interface Days {
  zone: string;
  fromDay: string;
  toDay: string;
}

/** How the generations are divided: by a property, or by the buckets of some days that they are counted in. */
export type Division =
  | { by: 'all' | 'model' | 'kind' | 'cell' }
  | ({ by: 'bucket'; granularity: '1m' | '15m' | '1h' | '1d' } & Days);

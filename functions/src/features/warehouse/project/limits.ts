/** How much the projection does at once. */
export interface ProjectionLimits {
  /** Load jobs of one tick. BigQuery allows 1,500 a table and day, failed ones included: https://cloud.google.com/bigquery/quotas#load_jobs */
  loads: number;
  /** Jobs of one tick that may end with an error that has nothing to do with the rows. */
  failures: number;
  /** Events of one load: an event is a row at most. */
  events: number;
  /** Bytes of one load, which are held in memory. */
  bytes: number;
  /** Events read at once. */
  page: number;
  /** Late events of one load: their ids are kept in the progress. */
  late: number;
  /** How long to wait before a job is looked at again, each time; after the last it is left to the next tick. */
  waitsMs: readonly number[];
}

export const PROJECTION_LIMITS: ProjectionLimits = {
  ...{ loads: 4, failures: 2, events: 50_000, bytes: 32 * 1_024 * 1_024, page: 500, late: 500 },
  waitsMs: [200, 500, 1_000, 2_000, 4_000, 8_000, 15_000, 30_000],
};

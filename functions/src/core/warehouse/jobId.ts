import { sha256 } from '../hash.ts';

/**
 * The id of the load job of these rows: the same for the same `what` and attempt, so BigQuery itself refuses to load it twice.
 * https://cloud.google.com/bigquery/docs/running-jobs#generate-jobid
 */
export function loadJobId(what: readonly string[], attempt: number): string {
  return `dailies_events_${sha256(...what).slice(0, 40)}_${attempt}`;
}

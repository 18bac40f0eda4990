import { DuckDBConnection } from '@duckdb/node-api';
import type { Mapping } from '../mapping/schema.ts';
import { HAPPENED, type Truth, truthOf } from './happened.ts';
import { pricesSql, quoted, requestsSql } from './mapping-sql.ts';

/**
 * Loads the first `maxRows` rows of a CSV file, none of which may be bad under the mapping, into DuckDB. Nothing here is shared
 * with what reads the file for the API or folds its events.
 */
export async function openTruth(file: string, mapping: Mapping, maxRows: number): Promise<Truth> {
  const duckdb = await DuckDBConnection.create();
  const { durationSec } = mapping.constants;
  for (const sql of [
    `CREATE TABLE records AS SELECT * FROM read_csv(${quoted(file)}, header = true, all_varchar = true, delim = ',', quote = '"', escape = '"') LIMIT ${maxRows}`,
    `CREATE TABLE requests AS ${requestsSql(mapping)}`,
    `CREATE TABLE prices AS ${pricesSql(mapping.constants)}`,
    `CREATE TABLE ends AS SELECT *, requestedMs + totalMs AS endedMs,
       CASE WHEN outcome = 'succeeded' THEN videos ELSE 0 END AS delivered,
       delivered * ${durationSec} AS videoSec
     FROM requests WHERE outcome <> 'never'`,
    `CREATE TABLE happened AS FROM (
       SELECT 'arrival', requestedMs, "user", model, kind, NULL, 0, 0, 0, 0 FROM requests
       UNION ALL
       SELECT outcome, endedMs, "user", model, kind, totalMs, delivered, videoSec, 1, videoSec * ${PRICE} FROM ends
     ) AS happened (${HAPPENED})`,
  ]) {
    await duckdb.run(sql);
  }
  return truthOf(duckdb);
}

/** The latest price up to the UTC day of the end, or the first one. */
const PRICE = `(SELECT coalesce(
    max_by(usdMicrosPerSec, effectiveFrom) FILTER (effectiveFrom <= CAST(make_timestamp(endedMs * 1000) AS DATE)),
    min_by(usdMicrosPerSec, effectiveFrom)) FROM prices WHERE prices.model = ends.model)`;

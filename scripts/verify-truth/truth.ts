import { DuckDBConnection } from '@duckdb/node-api';
import type { Mapping } from '../mapping/schema.ts';
import { type Division, type Facts, type FactsByKey, METRIC_NAMES } from './facts.ts';
import { pricesSql, quoted, requestsSql } from './mapping-sql.ts';

/** What DuckDB finds in the file itself. */
export interface Truth {
  rows: number;
  /** Of the first request, and of what happened last. */
  firstMs: number;
  lastMs: number;
  factsOf(division: Division): Promise<FactsByKey>;
  /** When the last day of the file is over in all of these zones, in ms. */
  overMs(zones: readonly string[]): Promise<number>;
  close(): void;
}

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
    // What is counted, and when: an arrival when it was asked for, an end when it ended.
    `CREATE TABLE happened AS
       SELECT 'arrival' AS what, requestedMs AS atMs, "user", model, kind, NULL AS totalMs, 0 AS delivered, 0 AS videoSec, 0 AS costUsdMicros
       FROM requests
       UNION ALL
       SELECT outcome, endedMs, "user", model, kind, totalMs, delivered, videoSec, videoSec * ${PRICE} FROM ends`,
  ]) {
    await duckdb.run(sql);
  }
  const rowsOf = async (sql: string) => (await duckdb.runAndReadAll(sql)).getRowObjectsJS();
  const [bounds = {}] = await rowsOf(
    `SELECT count(*) FILTER (what = 'arrival') AS "rows", min(atMs) AS firstMs, max(atMs) AS lastMs FROM happened`,
  );
  return {
    ...{ rows: Number(bounds.rows), firstMs: Number(bounds.firstMs), lastMs: Number(bounds.lastMs) },
    async factsOf(division) {
      const rows = await rowsOf(factsSql(division));
      return new Map(rows.map((row) => [String(row.key), factsOf(row)]));
    },
    async overMs(zones) {
      const ends = zones.map((zone) => {
        const day = `date_trunc('day', timezone(${quoted(zone)}, make_timestamptz(max(atMs) * 1000)))`;
        return `epoch_ms(timezone(${quoted(zone)}, ${day} + INTERVAL 1 DAY))`;
      });
      const [row = {}] = await rowsOf(`SELECT greatest(${ends.join(', ')}) AS overMs FROM happened`);
      return Number(row.overMs);
    },
    close: () => duckdb.closeSync(),
  };
}

/** The latest price up to the UTC day of the end, or the first one. */
const PRICE = `(SELECT coalesce(
    max_by(usdMicrosPerSec, effectiveFrom) FILTER (effectiveFrom <= CAST(make_timestamp(endedMs * 1000) AS DATE)),
    min_by(usdMicrosPerSec, effectiveFrom)) FROM prices WHERE prices.model = ends.model)`;

const OUTCOMES = ['succeeded', 'failed', 'blocked', 'cancelled', 'expired'];

function factsSql(division: Division): string {
  const times = '(list(totalMs ORDER BY totalMs) FILTER (totalMs IS NOT NULL))';
  const rank = (percent: number) => `CAST(floor(${percent} * (count(totalMs) - 1) / 100) AS BIGINT)`;
  const columns = [
    `${keySql(division)} AS "key"`,
    `count(*) FILTER (what = 'arrival') AS arrivals`,
    `count(DISTINCT "user") FILTER (what = 'arrival') AS users`,
    ...OUTCOMES.map((outcome) => `count(*) FILTER (what = '${outcome}') AS ${outcome}`),
    'sum(delivered) AS videosDelivered',
    'sum(videoSec) AS videoSec',
    `count(*) FILTER (what <> 'arrival') AS attempts`,
    'sum(costUsdMicros) AS costUsdMicros',
    'coalesce(sum(totalMs), 0) AS totalMs',
    ...[50, 95, 99].map((percent) => `list_extract(${times}, 1 + ${rank(percent)}) AS totalMsP${percent}`),
  ];
  return `SELECT ${columns.join(', ')} FROM happened WHERE ${withinSql(division)} GROUP BY "key"`;
}

const localSql = (zone: string) => `timezone(${quoted(zone)}, make_timestamptz(atMs * 1000))`;

function withinSql(division: Division): string {
  if (division.by !== 'bucket') return 'true';
  const { zone, fromDay, toDay } = division;
  return `${localSql(zone)} >= DATE ${quoted(fromDay)} AND ${localSql(zone)} < DATE ${quoted(toDay)}`;
}

/** Buckets are named by their start in ms: where they begin is worked out from what clocks in the zone show. */
function keySql(division: Division): string {
  if (division.by === 'all') return `'all'`;
  if (division.by === 'cell') return `model || ' ' || kind`;
  if (division.by !== 'bucket') return division.by;
  const { granularity, zone } = division;
  if (granularity === '1d') return `epoch_ms(timezone(${quoted(zone)}, date_trunc('day', ${localSql(zone)})))`;
  if (granularity === '1h') return `atMs - (epoch_ms(${localSql(zone)}) % 3600000)`;
  return `atMs - (atMs % ${granularity === '1m' ? 60_000 : 900_000})`;
}

const factsOf = (row: Readonly<Record<string, unknown>>): Facts =>
  Object.fromEntries(METRIC_NAMES.map((name) => [name, row[name] === null ? undefined : Number(row[name])]));

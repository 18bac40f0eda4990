import type { DuckDBConnection } from '@duckdb/node-api';
import { type Division, type Facts, type FactsByKey, METRIC_NAMES } from './facts.ts';
import { quoted } from './mapping-sql.ts';

/** What DuckDB finds in what happened. */
export interface Truth {
  /** How many generations were asked for. */
  rows: number;
  /** Of the first request, and of what happened last. */
  firstMs: number;
  lastMs: number;
  factsOf(division: Division): Promise<FactsByKey>;
  /** When the last day of it is over in all of these zones, in ms. */
  overMs(zones: readonly string[]): Promise<number>;
  close(): void;
}

/** The columns of the table `happened`, one row for each arrival and one for each end. */
export const HAPPENED = 'what, atMs, "user", model, kind, totalMs, delivered, videoSec, attempts, costUsdMicros';

/** Of what is in the table `happened`: an arrival counts when it was asked for, an end when it ended. Closes the connection. */
export async function truthOf(duckdb: DuckDBConnection): Promise<Truth> {
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
    'sum(attempts) AS attempts',
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

/**
 * Prints how long a rebuild of a million events takes, from events to the bytes of every rollup document, and how long DuckDB
 * takes on one core for the same counts, sums, quantiles and distinct users of the same rows.
 */
import { DuckDBConnection } from '@duckdb/node-api';
import { UTC } from '../../functions/src/core/rollup/bucket.ts';
import { encodeCells } from '../../functions/src/core/rollup/codec.ts';
import { foldEvents } from '../../functions/src/core/rollup/fold.ts';
import { type EndEvent, generations, later } from './generations.ts';

const DAY_MS = 86_400_000;
const NOW_MS = Date.UTC(2026, 10, 21, 12);
const FROM_MS = NOW_MS - 20 * DAY_MS;
const DAYS = 10;
const A_DAY = 100_000;
const ZONES = ['America/New_York', 'Asia/Kathmandu'];

const MEASURES = ['totalMs', 'queueMs', 'renderMs', 'storeMs', 'costUsdMicros', 'qualityThousandths'] as const;
/** What the rows are grouped by besides time, as the documents of a bucket are. */
const CUTS = ['all', 'provider', 'cell', 'style'] as const;

/** The stretches that a rebuild counts. Minutes of that time are no longer kept. */
const DIVISIONS = [
  { every: '15 minutes', zone: UTC },
  ...[UTC, ...ZONES].flatMap((zone) => ['1 hour', '1 day'].map((every) => ({ every, zone }))),
];

async function loaded(events: readonly EndEvent[]): Promise<DuckDBConnection> {
  const duckdb = await DuckDBConnection.create();
  const columns = ['requestedMs', 'endedMs', ...MEASURES].map((name) => `${name} BIGINT`).join();
  await duckdb.run(
    `CREATE TABLE one (${columns}, outcome VARCHAR, "user" VARCHAR, provider VARCHAR, cell VARCHAR, style VARCHAR)`,
  );
  const appender = await duckdb.createAppender('one');
  for (const { occurredAt, userKey, type, cellKey = '', body } of events) {
    appender.appendBigInt(BigInt((body.requestedAt ?? occurredAt).getTime()));
    appender.appendBigInt(BigInt(occurredAt.getTime()));
    for (const name of MEASURES) {
      const value = body[name];
      if (value === undefined) appender.appendNull();
      else appender.appendBigInt(BigInt(value));
    }
    for (const text of [type, userKey, body.provider, cellKey, body.style ?? '']) appender.appendVarchar(text);
    appender.endRow();
  }
  appender.closeSync();
  const shifted = `* REPLACE (requestedMs + day * ${DAY_MS} AS requestedMs, endedMs + day * ${DAY_MS} AS endedMs)`;
  await duckdb.run(`CREATE TABLE ends AS SELECT ${shifted}, '*' AS "all" FROM one, range(${DAYS}) days(day)`);
  await duckdb.run('SET threads = 1');
  return duckdb;
}

/** Arrivals and their users by when they came, the rest by when it ended, as the rollups count. */
function sqlOf({ every, zone }: (typeof DIVISIONS)[number], cut: (typeof CUTS)[number]): string[] {
  const bucket = (ms: string) =>
    `time_bucket(INTERVAL '${every}', timezone('${zone}', make_timestamptz(${ms} * 1000)))`;
  const measures = MEASURES.map((name) => `sum(${name}), quantile_disc(${name}, [0.5, 0.95, 0.99])`).join();
  return [
    `SELECT ${bucket('requestedMs')} AS bucket, "${cut}", count(*), count(DISTINCT "user") FROM ends GROUP BY ALL`,
    `SELECT ${bucket('endedMs')} AS bucket, "${cut}", count(*) FILTER (outcome = 'generation.succeeded'), ${measures} FROM ends GROUP BY ALL`,
  ];
}

async function timed(work: () => unknown): Promise<number> {
  const startMs = performance.now();
  await work();
  return performance.now() - startMs;
}

function* tenDays(events: readonly EndEvent[]): Generator<EndEvent> {
  for (let day = 0; day < DAYS; day++) for (const event of events) yield later(event, day * DAY_MS);
}

const oneDay = generations(A_DAY, FROM_MS, FROM_MS + DAY_MS);
let [documents, bytes] = [0, 0];
const oursMs = await timed(() => {
  const folded = foldEvents(tenDays(oneDay), { zones: ZONES, nowMs: NOW_MS });
  documents = folded.documents.size;
  for (const { cells } of folded.documents.values()) bytes += encodeCells(cells).length;
});
const duckdb = await loaded(oneDay);
const queries = DIVISIONS.flatMap((division) => CUTS.flatMap((cut) => sqlOf(division, cut)));
const [hours] = [sqlOf({ every: '1 hour', zone: UTC }, 'cell')];
const hoursMs = await timed(async () => {
  for (const sql of hours) await duckdb.run(sql);
});
const allMs = await timed(async () => {
  for (const sql of queries) await duckdb.run(sql);
});
duckdb.closeSync();

const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`;
const ratio = (ms: number) => `${(oursMs / ms).toFixed(2)} × DuckDB`;
const mib = (bytes / 2 ** 20).toFixed(0);
console.log(
  `rebuild of ${(DAYS * A_DAY).toLocaleString('en-US')} events: ${seconds(oursMs)}, ${documents} documents of ${mib} MiB`,
);
console.log(`DuckDB, one core, hours of UTC by cell alone: ${seconds(hoursMs)} (the rebuild is ${ratio(hoursMs)})`);
console.log(`DuckDB, one core, all that the documents hold: ${seconds(allMs)} (the rebuild is ${ratio(allMs)})`);

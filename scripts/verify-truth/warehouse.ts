import type { BigQuery } from '@google-cloud/bigquery';
import { bucketEnd, bucketStart, bucketsBetween } from '../../functions/src/core/rollup/bucket.ts';
import { clientOf } from '../../local/bigquery/client.ts';
import { PROJECT_ID } from '../../local/stack/project.ts';
import { sqlText } from '../warehouse/sql.ts';
import type { Period } from './answers.ts';
import { divisionsIn } from './check.ts';
import { type Comparison, compare } from './compare.ts';
import { type Division, type Facts, type FactsByKey, METRIC_NAMES } from './facts.ts';
import type { Truth } from './happened.ts';
import type { System } from './system.ts';

const NOON_MS = 12 * 3_600_000;

/** Asks the warehouse for everything that the API is asked for by bucket, model and kind, and holds it against the file. */
export async function checkWarehouse({ stack }: System, truth: Truth, zones: readonly string[]): Promise<Comparison[]> {
  if (stack.bigQueryUrl === undefined) throw new Error('the system has no warehouse');
  const client = clientOf(stack.bigQueryUrl, PROJECT_ID);
  const comparisons: Comparison[] = [];
  for (const zone of ['UTC', ...zones]) {
    for (const [name, division] of divisionsIn(zone, truth)) {
      // Without buckets all zones are one.
      if (zone !== 'UTC' && division.by !== 'bucket') continue;
      const facts = await factsOf(client, division, truth);
      comparisons.push(...compare(`${name} ${zone}`, facts, await truth.factsOf(division), 'exactly'));
    }
  }
  return comparisons;
}

async function factsOf(client: BigQuery, division: Division, period: Period): Promise<FactsByKey> {
  const bounds = boundsOf(division, period);
  const [from, to] = [new Date(bounds[0] ?? 0), new Date(bounds.at(-1) ?? 0)];
  const params = { by: division.by, bounds, from, to };
  const [rows] = await client.query({ query: await sqlText('warehouse/facts'), params });
  return new Map(rows.map(({ key, ...row }) => [String(key), plain(row)]));
}

/** The starts of all buckets and the end of the last. */
function boundsOf(division: Division, { firstMs, lastMs }: Period): number[] {
  if (division.by !== 'bucket') return [firstMs, lastMs + 1];
  const { granularity, zone, fromDay } = division;
  const fromMs = bucketStart(Date.parse(fromDay) + NOON_MS, '1d', zone);
  const buckets = bucketsBetween(fromMs, bucketEnd(lastMs, '1d', zone), granularity, zone);
  return [...buckets.map(({ startMs }) => startMs), buckets.at(-1)?.endMs ?? lastMs];
}

const plain = (row: Readonly<Record<string, number | null>>): Facts =>
  Object.fromEntries(METRIC_NAMES.map((name) => [name, row[name] ?? undefined]));

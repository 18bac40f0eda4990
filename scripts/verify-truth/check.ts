import { type Period, type Read, type Said, saidOf, saidOfFiltered } from './answers.ts';
import { type Comparison, compare } from './compare.ts';
import type { Division } from './facts.ts';
import type { Truth } from './happened.ts';
import { datesIn, lastOf } from './stretches.ts';

/** So many of the file's last days are looked at hour by hour, quarter by quarter, minute by minute. */
const HOURLY_DAYS = 30;
const QUARTERLY_DAYS = 16;
const MINUTELY_DAYS = 1;

export interface Checked {
  comparisons: Comparison[];
  /** Divisions of which the API says that not all is counted. */
  incomplete: string[];
}

/** Asks the API for everything that is compared, in UTC and these zones, and holds it against the file. */
export async function check(read: Read, truth: Truth, zones: readonly string[]): Promise<Checked> {
  const checked: Checked = { comparisons: [], incomplete: [] };
  const hold = async (name: string, division: Division, said: Said) => {
    checked.comparisons.push(...compare(name, said.facts, await truth.factsOf(division)));
    if (!said.complete) checked.incomplete.push(name);
  };
  for (const zone of ['UTC', ...zones]) {
    for (const [name, division] of divisionsIn(zone, truth)) {
      await hold(`${name} ${zone}`, division, await saidOf(read, truth, zone, division));
    }
  }
  for (const by of ['model', 'kind'] as const) {
    const names = (await truth.factsOf({ by })).keys();
    await hold(`only this ${by}`, { by }, await saidOfFiltered(read, truth, 'UTC', by, names));
  }
  return checked;
}

/** Everything that is compared in a zone, by name. */
export function divisionsIn(zone: string, { firstMs, lastMs }: Period): [string, Division][] {
  const days = datesIn(zone, firstMs, lastMs);
  const whole = (['all', 'model', 'kind', 'cell'] as const).map((by): [string, Division] => [by, { by }]);
  const buckets: [string, Division][] = [
    ['day', { by: 'bucket', granularity: '1d', ...days }],
    ['hour', { by: 'bucket', granularity: '1h', ...lastOf(days, HOURLY_DAYS) }],
  ];
  const fine: [string, Division][] = [
    ['quarter', { by: 'bucket', granularity: '15m', ...lastOf(days, QUARTERLY_DAYS) }],
    ['minute', { by: 'bucket', granularity: '1m', ...lastOf(days, MINUTELY_DAYS) }],
  ];
  return [...whole, ...buckets, ...(zone === 'UTC' ? fine : [])];
}

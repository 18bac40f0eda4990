import { type Division, type Facts, type FactsByKey, METRIC_NAMES } from './facts.ts';
import { datesIn, stretchesOf } from './stretches.ts';

/** Asks the API; answers what it says. */
export type Read = (path: string) => Promise<unknown>;

/** What the analytics API says, and whether it says that all of it is counted. */
export interface Said {
  facts: FactsByKey;
  complete: boolean;
}

type Numbers = Readonly<Record<string, { value?: number | null } | undefined>>;
interface Range {
  complete: boolean;
  through: string | null;
}
interface Group {
  model?: string;
  kind?: string;
  metrics: Numbers;
}
interface Summary extends Group {
  range: Range;
}
interface Providers {
  range: Range;
  rows: Group[];
}
interface Performance {
  range: Range;
  series: { start: string; metrics: Numbers }[];
}

/** The stretch of time that a file is about, in ms. */
export interface Period {
  firstMs: number;
  lastMs: number;
}

/** What the API says of a period's whole days in a zone, divided as told. */
export async function saidOf(read: Read, period: Period, zone: string, division: Division): Promise<Said> {
  if (division.by === 'bucket') return saidOfBuckets(read, division);
  const query = wholeDays(period, zone);
  if (division.by === 'all') {
    const { range, metrics } = (await read(`/summary?${query}`)) as Summary;
    return { facts: new Map([['all', factsOf(metrics)]]), complete: range.complete };
  }
  const { by } = division;
  const { range, rows } = (await read(`/providers?${query}&by=${by}`)) as Providers;
  const nameOf = ({ model = '', kind = '' }: Group) =>
    by === 'cell' ? `${model} ${kind}` : by === 'model' ? model : kind;
  return { facts: new Map(rows.map((row) => [nameOf(row), factsOf(row.metrics)])), complete: range.complete };
}

/** What the API says of the generations that have a property, by asking for them alone. */
export async function saidOfFiltered(
  read: Read,
  period: Period,
  zone: string,
  by: 'model' | 'kind',
  names: Iterable<string>,
): Promise<Said> {
  const said = { facts: new Map<string, Facts>(), complete: true };
  for (const name of names) {
    const { range, metrics } = (await read(`/summary?${wholeDays(period, zone)}&${by}=${name}`)) as Summary;
    said.facts.set(name, factsOf(metrics));
    said.complete &&= range.complete;
  }
  return said;
}

/** Up to when all that was recorded is counted, in ms; 0 before anything was. */
export async function countedThrough(read: Read, period: Period): Promise<number> {
  const { range } = (await read(`/summary?${wholeDays(period, 'UTC')}`)) as Summary;
  return range.through === null ? 0 : Date.parse(range.through);
}

async function saidOfBuckets(read: Read, division: Division & { by: 'bucket' }): Promise<Said> {
  const said = { facts: new Map<string, Facts>(), complete: true };
  for (const { from, to } of stretchesOf(division)) {
    const query = `${queryOf(from, to, division.zone)}&granularity=${division.granularity}`;
    const { range, series } = (await read(`/performance?${query}`)) as Performance;
    for (const { start, metrics } of series) {
      // Of what begins later nothing is known yet, which is another thing than nothing.
      if (start < (range.through ?? '')) said.facts.set(String(Date.parse(start)), factsOf(metrics));
    }
    said.complete &&= range.complete;
  }
  return said;
}

function wholeDays({ firstMs, lastMs }: Period, zone: string): string {
  const { fromDay, toDay } = datesIn(zone, firstMs, lastMs);
  return queryOf(fromDay, toDay, zone);
}

const queryOf = (from: string, to: string, tz: string) => new URLSearchParams({ from, to, tz }).toString();

/** Where a name of ours is not the API's. */
const API_NAMES: Readonly<Record<string, string>> = { totalMs: 'totalMsSum', costUsdMicros: 'costUsd' };

function factsOf(metrics: Numbers): Facts {
  return Object.fromEntries(
    METRIC_NAMES.map((name) => {
      const value = metrics[API_NAMES[name] ?? name]?.value ?? undefined;
      return [name, name === 'costUsdMicros' && value !== undefined ? Math.round(value * 1e6) : value];
    }),
  );
}

import { table } from '../drive/print.ts';
import type { Reads } from './measure.ts';

/** What one request read in the store of each size, in the order of the sizes. */
export interface Row {
  name: string;
  reads: number[];
  atMost: number | undefined;
  /** What is wrong with it; undefined where nothing is. */
  breach: 'grows' | 'too many' | undefined;
}

/** Puts what was measured side by side: no figure may grow with the store, nor be over what is promised. */
export function rowsOf(measured: readonly (readonly Reads[])[]): Row[] {
  const [smallest = []] = measured;
  return smallest.map(({ name, atMost }, i) => {
    const reads = measured.map((ofSize) => ofSize[i]?.reads ?? Number.NaN);
    return { name, reads, atMost, breach: breachOf(reads, atMost) };
  });
}

function breachOf(reads: readonly number[], atMost = Infinity): Row['breach'] {
  const [first = 0] = reads;
  if (!reads.every((count) => count <= first)) return 'grows';
  return first > atMost ? 'too many' : undefined;
}

/** The rows as a table with a column for each size. */
export function printedReads(sizes: readonly number[], rows: readonly Row[]): string {
  return table(
    ['documents read', ...sizes.map((size) => size.toLocaleString('en-US')), 'at most', ''],
    rows.map(({ name, reads, atMost, breach }) => [name, ...reads.map(String), String(atMost ?? ''), breach ?? 'ok']),
  );
}

import { type Bound, boundKey, invertedBound } from '../values/bytes.ts';
import { type Condition, NULL_KEY } from './conditions.ts';

/** A stretch of keys: from the bound `from` up to the bound `to`. */
export interface Interval {
  from: Bound;
  to: Bound;
}

const FIRST: Bound = { at: Buffer.from([0x00]), after: false };
const LAST: Bound = { at: Buffer.from([0xff]), after: false };

export const EVERYTHING: readonly Interval[] = [{ from: FIRST, to: LAST }];

/** The stretches of ascending keys in which values satisfying a range condition lie. */
export function intervalsOf({ operator, keys }: Condition, isName: boolean): Interval[] {
  const key = keys[0] as Buffer;
  const before: Bound = { at: key, after: false };
  const after: Bound = { at: key, after: true };
  const type = key.subarray(0, 1);
  const lowest: Bound = isName ? FIRST : { at: type, after: false };
  const highest: Bound = isName ? LAST : { at: type, after: true };
  switch (operator) {
    case 'lt':
      return [{ from: lowest, to: before }];
    case 'le':
      return [{ from: lowest, to: after }];
    case 'gt':
      return [{ from: after, to: highest }];
    case 'ge':
      return [{ from: before, to: highest }];
    case 'notIn':
      return between(isName ? FIRST : { at: NULL_KEY, after: true }, keys);
    default:
      return [{ from: before, to: after }];
  }
}

/** What lies between the keys, from `from` on. */
function between(from: Bound, keys: readonly Buffer[]): Interval[] {
  const sorted = [...keys].sort(Buffer.compare);
  const starts = [from, ...sorted.map((at): Bound => ({ at, after: true }))];
  const ends = [...sorted.map((at): Bound => ({ at, after: false })), LAST];
  return nonEmpty(starts.map((start, at) => ({ from: start, to: ends[at] ?? LAST })));
}

export function intersection(left: readonly Interval[], right: readonly Interval[]): Interval[] {
  return nonEmpty(left.flatMap((a) => right.map((b) => ({ from: later(a.from, b.from), to: earlier(a.to, b.to) }))));
}

/** The same stretches in descending order. */
export function descending(intervals: readonly Interval[]): Interval[] {
  return intervals.map(({ from, to }) => ({ from: invertedBound(to), to: invertedBound(from) })).reverse();
}

const compareBounds = (a: Bound, b: Bound): number => Buffer.compare(boundKey(a), boundKey(b));
const later = (a: Bound, b: Bound): Bound => (compareBounds(a, b) >= 0 ? a : b);
const earlier = (a: Bound, b: Bound): Bound => (compareBounds(a, b) <= 0 ? a : b);
const nonEmpty = (intervals: Interval[]): Interval[] => intervals.filter(({ from, to }) => compareBounds(from, to) < 0);

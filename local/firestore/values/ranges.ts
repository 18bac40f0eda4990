/** A stretch of keys: from <= key < to. */
export type Range = { from: Buffer; to: Buffer };

const FIRST = Buffer.alloc(0);
const LAST = Buffer.alloc(8, 0xff);

export const ALL: Range = { from: FIRST, to: LAST };
export const EVERYTHING: readonly Range[] = [ALL];

/** Turns ascending keys into descending ones. */
export function inverted(key: Uint8Array): Buffer {
  const out = Buffer.from(key);
  for (let at = 0; at < out.length; at++) out[at] = ~(out[at] as number) & 0xff;
  return out;
}

/** The smallest key above every key that starts with `prefix`. */
export function afterPrefix(prefix: Uint8Array): Buffer {
  let end = prefix.length;
  while (end > 0 && prefix[end - 1] === 0xff) end--;
  if (end === 0) return LAST;
  const out = Buffer.from(prefix.subarray(0, end));
  out[end - 1] = (out[end - 1] as number) + 1;
  return out;
}

/** The same stretch where the order is descending; right because no key is the beginning of another. */
export function invertedRange({ from, to }: Range): Range {
  return { from: afterPrefix(inverted(to)), to: afterPrefix(inverted(from)) };
}

export function includes({ from, to }: Range, key: Buffer): boolean {
  return Buffer.compare(from, key) <= 0 && Buffer.compare(key, to) < 0;
}

/** What lies in a range of both lists, in order. */
export function intersection(left: readonly Range[], right: readonly Range[]): Range[] {
  const later = (a: Buffer, b: Buffer): Buffer => (Buffer.compare(a, b) >= 0 ? a : b);
  const earlier = (a: Buffer, b: Buffer): Buffer => (Buffer.compare(a, b) <= 0 ? a : b);
  return left
    .flatMap((a) => right.map((b) => ({ from: later(a.from, b.from), to: earlier(a.to, b.to) })))
    .filter(({ from, to }) => Buffer.compare(from, to) < 0);
}

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
  if (end === 0) return Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);
  const out = Buffer.from(prefix.subarray(0, end));
  out[end - 1] = (out[end - 1] as number) + 1;
  return out;
}

/** A place in the order of keys: just before the key `at`, or just after all that start with it. */
export interface Bound {
  at: Buffer;
  after: boolean;
}

/** The bound as a key: what sorts at or above it lies beyond. */
export function boundKey({ at, after }: Bound): Buffer {
  return after ? afterPrefix(at) : at;
}

/** The same place where the order is descending. */
export function invertedBound({ at, after }: Bound): Bound {
  return { at: inverted(at), after: !after };
}

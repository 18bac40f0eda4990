import type { StoredDocument } from '../change.ts';

/** Several ordered results as one: in order, no document twice. */
export function* merged(
  results: readonly Iterator<StoredDocument>[],
  sortKey: (document: StoredDocument) => Buffer,
): Generator<StoredDocument> {
  const heads = results.map((result) => ({ result, head: result.next() }));
  let lastKey: Buffer | undefined;
  for (;;) {
    let lowest: (typeof heads)[number] | undefined;
    let lowestKey: Buffer | undefined;
    for (const candidate of heads) {
      if (candidate.head.done) continue;
      const key = sortKey(candidate.head.value);
      if (lowestKey && Buffer.compare(key, lowestKey) >= 0) continue;
      lowest = candidate;
      lowestKey = key;
    }
    if (!lowest || !lowestKey || lowest.head.done) return;
    const document = lowest.head.value;
    if (!lastKey?.equals(lowestKey)) yield document;
    lastKey = lowestKey;
    lowest.head = lowest.result.next();
  }
}

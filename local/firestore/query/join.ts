import type { StoredDocument } from '../wire.ts';
import type { EntryStream } from './stream.ts';

/** The documents that are in every stream, in order: the streams leap over what the others do not have. */
export function* joined([first, ...others]: readonly EntryStream[]): Generator<number> {
  for (let hit = first?.peek(); first && hit; hit = first.peek()) {
    let furthest: Buffer = hit.key;
    for (const other of others) {
      other.seek(furthest);
      const found = other.peek();
      if (!found) return;
      furthest = found.key;
    }
    if (furthest.equals(hit.key)) {
      first.advance();
      yield hit.documentNo;
    } else {
      first.seek(furthest);
    }
  }
}

/** Several ordered results as one: in order, no document twice. */
export function* merged(
  results: readonly Iterator<StoredDocument>[],
  compare: (a: StoredDocument, b: StoredDocument) => number,
): Generator<StoredDocument> {
  const heads = results.map((result) => ({ result, document: result.next().value }));
  let last: StoredDocument | undefined;
  for (;;) {
    let lowest: { result: Iterator<StoredDocument>; document: StoredDocument } | undefined;
    for (const head of heads) {
      if (head.document && (!lowest || compare(head.document, lowest.document) < 0)) lowest = head;
    }
    if (!lowest) return;
    if (!last || compare(last, lowest.document) !== 0) yield lowest.document;
    last = lowest.document;
    lowest.document = lowest.result.next().value;
  }
}

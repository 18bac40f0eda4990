import type { Engine } from '../engine/engine.ts';
import type { Backend } from '../engine/read.ts';
import { indexTerm, keyHead } from '../index/keys.ts';
import { checkId, parseName, pathOf } from '../names.ts';
import { Query } from '../query/query.ts';
import { EntryStream } from '../query/stream.ts';
import { EVERYTHING } from '../values/ranges.ts';
import type { DocumentMask, StoredDocument } from '../wire.ts';
import { maskedDocument } from './reads.ts';

/** As many documents as the server gives when the request does not say. */
const DEFAULT_PAGE = 300;

export type Paging = { pageSize?: number; pageToken?: string };

/** A document that is listed; one without fields and times is missing: it has only documents below it. */
type Listed = Pick<StoredDocument, 'name'> & Partial<StoredDocument>;

/** Lists a collection by name. */
export function listDocuments(
  { engine }: Backend,
  request: Paging & { parent: string; collectionId: string; mask?: DocumentMask; showMissing?: boolean },
) {
  const { parent, collectionId, mask, showMissing } = request;
  checkId(collectionId);
  const query = new Query(engine, parent, { from: [{ collectionId }] });
  const present = query.run().map((document) => maskedDocument(document, mask));
  const listed = showMissing ? withMissing(engine, query, collectionId, present) : present;
  const { items, ...next } = page<Listed>(listed, request, DEFAULT_PAGE);
  engine.usage.record('reads', collectionId, 'list', Math.max(1, items.length));
  return { documents: items, ...next };
}

function withMissing(engine: Engine, { database, parent }: Query, collectionId: string, present: StoredDocument[]) {
  const byPath = new Map<string, Listed>(present.map((document) => [pathOf(document.name), document]));
  const collection = parent ? `${parent}/${collectionId}` : collectionId;
  for (const below of engine.store.terms.collectionsBelow(database, parent)) {
    if (!below.parent.startsWith(`${collection}/`) || isEmpty(engine, below.no)) continue;
    const path = `${collection}/${below.parent.slice(collection.length + 1).split('/')[0]}`;
    if (!byPath.has(path)) byPath.set(path, { name: engine.documentName(database, path) });
  }
  return [...byPath.values()].sort((a, b) => byUtf8(a.name, b.name));
}

const byUtf8 = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** The collections that directly follow `parent`, also those whose documents are all missing. */
export function listCollectionIds({ engine }: Backend, request: Paging & { parent: string }) {
  const { database, path } = parseName(request.parent);
  const ids = new Set<string>();
  for (const { no, parent, collectionId } of engine.store.terms.collectionsBelow(database, path)) {
    const next = parent === path ? collectionId : parent.slice(path ? path.length + 1 : 0).split('/')[0];
    if (next && !ids.has(next) && !isEmpty(engine, no)) ids.add(next);
  }
  const { items, ...next } = page([...ids].sort(byUtf8), request, ids.size);
  return { collectionIds: items, ...next };
}

/** Page tokens are the number of items to skip. */
export function page<Item>(all: readonly Item[], { pageSize, pageToken }: Paging, defaultSize: number) {
  const end = Number(pageToken || 0) + (pageSize || defaultSize);
  const items = all.slice(Number(pageToken || 0), end);
  return { items, ...(all.length > end && { nextPageToken: String(end) }) };
}

function isEmpty({ store }: Engine, collectionNo: number): boolean {
  const prefix = keyHead(store.terms.index(indexTerm.name('COLLECTION')), collectionNo);
  return new EntryStream(store, prefix, EVERYTHING, false).count(1) === 0;
}

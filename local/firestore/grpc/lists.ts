import type { StoredDocument } from '../change.ts';
import { indexTerm, keyHead } from '../index/keys.ts';
import { checkId, parseName, pathOf } from '../names.ts';
import { compileQuery } from '../query/compile.ts';
import { EVERYTHING } from '../query/intervals.ts';
import { EntryStream } from '../query/stream.ts';
import type { Consistency, DocumentMask, StructuredQuery } from '../wire.ts';
import type { Caller } from './call.ts';
import { type Backend, maskedDocument, readContext } from './documents.ts';

/** As many as the server gives when the request does not say. */
const DEFAULT_PAGE = 300;

interface ListDocumentsRequest extends Consistency {
  parent: string;
  collectionId: string;
  pageSize?: number;
  pageToken?: string;
  orderBy?: string;
  mask?: DocumentMask;
  showMissing?: boolean;
}

/** A document that is listed; one without times is missing: it has only documents below it. */
type Listed = Pick<StoredDocument, 'name'> & Partial<StoredDocument>;

export async function listDocuments(backend: Backend, request: ListDocumentsRequest, caller: Caller) {
  const { engine, transactions, snapshots } = backend;
  checkId(request.collectionId);
  const query = compileQuery(engine, request.parent, listQuery(request));
  const { locking, readMicros } = readContext(backend, query.database, request, caller);
  const run = readMicros === undefined ? () => query.run() : () => snapshots.run(query, readMicros);
  const present = locking ? await transactions.query(locking, run) : run();
  const skip = Number(request.pageToken || 0);
  const size = request.pageSize || DEFAULT_PAGE;
  const listed: Listed[] = request.showMissing ? withMissing(backend, query, request.collectionId, present) : present;
  const page = listed.slice(skip, skip + size);
  const documents = page.map((one) => (one.fields ? maskedDocument(one as StoredDocument, request.mask) : one));
  engine.usage.record('reads', request.collectionId, 'list', Math.max(1, page.length));
  return { documents, ...(listed.length > skip + size && { nextPageToken: String(skip + size) }) };
}

function listQuery({ collectionId, orderBy }: ListDocumentsRequest): StructuredQuery {
  const orders = (orderBy ?? '').split(',').map((part) => part.trim().split(/\s+/));
  return {
    from: [{ collectionId }],
    orderBy: orders.flatMap(([fieldPath, direction]) =>
      fieldPath ? [{ field: { fieldPath }, direction: direction === 'desc' ? 'DESCENDING' : 'ASCENDING' }] : [],
    ),
  };
}

function withMissing(
  backend: Backend,
  { database, parent }: { database: string; parent: string },
  collectionId: string,
  present: readonly StoredDocument[],
): Listed[] {
  const { engine } = backend;
  const byPath = new Map<string, Listed>(present.map((document) => [pathOf(document.name), document]));
  const collection = parent ? `${parent}/${collectionId}` : collectionId;
  for (const below of engine.store.terms.collectionsBelow(database, parent)) {
    if (!below.parent.startsWith(`${collection}/`) || isEmpty(backend, below.no)) continue;
    const path = `${collection}/${below.parent.slice(collection.length + 1).split('/')[0]}`;
    if (!byPath.has(path)) byPath.set(path, { name: engine.documentName(database, path) });
  }
  return [...byPath.values()].sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
}

/** The collections that directly follow `parent`, also those whose documents are all missing. */
export function listCollectionIds(
  backend: Backend,
  request: { parent: string; pageSize?: number; pageToken?: string },
): { collectionIds: string[]; nextPageToken?: string } {
  const { database, path } = parseName(request.parent);
  const ids = new Set<string>();
  for (const { no, parent, collectionId } of backend.engine.store.terms.collectionsBelow(database, path)) {
    const next = parent === path ? collectionId : parent.slice(path ? path.length + 1 : 0).split('/')[0];
    if (next && !ids.has(next) && !isEmpty(backend, no)) ids.add(next);
  }
  const sorted = [...ids].sort();
  const skip = Number(request.pageToken || 0);
  const size = request.pageSize || sorted.length;
  const more = sorted.length > skip + size;
  return { collectionIds: sorted.slice(skip, skip + size), ...(more && { nextPageToken: String(skip + size) }) };
}

function isEmpty({ engine: { store } }: Backend, collectionNo: number): boolean {
  const prefix = keyHead(store.terms.index(indexTerm.name('COLLECTION')), collectionNo);
  return new EntryStream(store, prefix, EVERYTHING, false).count(1) === 0;
}

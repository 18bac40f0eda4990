import type { StoredDocument } from '../change.ts';
import type { Engine } from '../engine/engine.ts';
import type { Snapshots } from '../engine/snapshots.ts';
import type { Transaction, Transactions } from '../engine/transactions.ts';
import { notFound } from '../errors.ts';
import { checkDocumentPath, collectionIdOf, parseName } from '../names.ts';
import { masked } from '../values/field-path.ts';
import { timestampFromMicros } from '../values/time.ts';
import type { Consistency, DocumentMask, ProtoTimestamp } from '../wire.ts';
import type { Caller } from './call.ts';

export interface Backend {
  engine: Engine;
  transactions: Transactions;
  snapshots: Snapshots;
}

interface BatchGetRequest extends Consistency {
  database: string;
  documents?: string[];
  mask?: DocumentMask;
}

interface BatchGetResponse {
  found?: StoredDocument;
  missing?: string;
  transaction?: Buffer;
  readTime?: ProtoTimestamp;
}

/** What a read's consistency says: the transaction it runs in, and the past moment it sees, if any. */
export function readContext({ engine, transactions }: Backend, database: string, request: Consistency, caller: Caller) {
  const transaction = request.newTransaction
    ? transactions.begin(database, request.newTransaction, caller.peer)
    : request.transaction && transactions.find(request.transaction);
  const readMicros = request.readTime ? engine.pastMicros(request.readTime) : transaction?.readMicros;
  const locking: Transaction | undefined = transaction && !transaction.readOnly ? transaction : undefined;
  return { transaction, locking, readMicros, started: request.newTransaction ? transaction?.id : undefined };
}

/** The part of a document that a mask names. */
export function maskedDocument(document: StoredDocument, mask: DocumentMask | undefined): StoredDocument {
  return mask ? { ...document, fields: masked(document.fields, mask.fieldPaths ?? []) } : document;
}

export async function getDocument(
  backend: Backend,
  request: { name: string; mask?: DocumentMask } & Consistency,
  caller: Caller,
): Promise<StoredDocument> {
  const database = request.name.split('/documents/')[0] ?? '';
  const { name: _name, mask, ...consistency } = request;
  const [response] = await batchGet(
    backend,
    { ...consistency, database, documents: [request.name], ...(mask && { mask }) },
    caller,
  );
  if (!response?.found) throw notFound(`Document "${request.name}" not found.`);
  return response.found;
}

export async function batchGet(
  backend: Backend,
  request: BatchGetRequest,
  caller: Caller,
): Promise<BatchGetResponse[]> {
  const { engine, transactions, snapshots } = backend;
  const { database } = parseName(request.database);
  const paths = (request.documents ?? []).map((name) => parseName(name).path);
  for (const path of paths) checkDocumentPath(path);
  const { locking, readMicros, started } = readContext(backend, database, request, caller);
  if (locking) await transactions.lock(locking, paths);
  const readTime = timestampFromMicros(readMicros ?? engine.readMicros());
  const responses = paths.map((path): BatchGetResponse => {
    engine.usage.record('reads', collectionIdOf(path), 'get');
    const found = readMicros === undefined ? engine.get(database, path) : snapshots.get(database, path, readMicros);
    if (!found) return { missing: engine.documentName(database, path), readTime };
    return { found: maskedDocument(found, request.mask), readTime };
  });
  if (!started) return responses;
  const [first = { readTime }, ...others] = responses;
  return [{ ...first, transaction: started }, ...others];
}

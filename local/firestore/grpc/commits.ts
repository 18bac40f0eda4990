import { randomBytes } from 'node:crypto';
import { status } from '@grpc/grpc-js';
import type { StoredDocument } from '../change.ts';
import { writtenName } from '../engine/write.ts';
import { invalid } from '../errors.ts';
import { parseName } from '../names.ts';
import type { DocumentMask, Precondition, TransactionOptions, Write, WriteDocument, WriteResult } from '../wire.ts';
import { type Caller, statusOf } from './call.ts';
import { type Backend, maskedDocument } from './documents.ts';

/** firebase.google.com/docs/firestore/quotas: the size of one API request. */
export const MAX_REQUEST_BYTES = 10 * 1024 * 1024;

export interface CommitRequest {
  database: string;
  writes?: Write[];
  transaction?: Buffer;
  /** Set by our own decoding of the message. */
  sizeBytes?: number;
}

function checkSize({ sizeBytes = 0 }: CommitRequest): void {
  if (sizeBytes > MAX_REQUEST_BYTES) {
    throw invalid(`Request payload size exceeds the limit: ${MAX_REQUEST_BYTES} bytes.`);
  }
}

export function beginTransaction(
  { transactions }: Backend,
  { database, options }: { database: string; options?: TransactionOptions },
  { peer }: Caller,
) {
  return { transaction: transactions.begin(parseName(database).database, options ?? {}, peer).id };
}

export function commit({ transactions }: Backend, request: CommitRequest) {
  checkSize(request);
  return transactions.commit(parseName(request.database).database, request.writes ?? [], request.transaction);
}

export function rollback({ transactions }: Backend, { transaction }: { transaction?: Buffer }) {
  if (transaction) transactions.rollback(transaction);
  return {};
}

interface BatchWriteOutcome {
  result: WriteResult;
  status: { code: status; message?: string };
}

/** Every write on its own: one that is refused does not touch the others. */
export async function batchWrite({ transactions }: Backend, request: CommitRequest) {
  checkSize(request);
  const { database } = parseName(request.database);
  const names = new Set<string>();
  for (const write of request.writes ?? []) {
    const name = write.update?.name ?? write.delete ?? write.transform?.document ?? '';
    if (names.has(name)) throw invalid(`Cannot write to the same document more than once in a batch write: ${name}`);
    names.add(name);
  }
  const outcomes = await Promise.all(
    (request.writes ?? []).map(async (write): Promise<BatchWriteOutcome> => {
      try {
        const { writeResults } = await transactions.commit(database, [write]);
        return { result: writeResults[0] ?? {}, status: { code: status.OK } };
      } catch (error) {
        const { code, message } = statusOf(error);
        return { result: {}, status: { code, message } };
      }
    }),
  );
  return { writeResults: outcomes.map(({ result }) => result), status: outcomes.map((outcome) => outcome.status) };
}

export async function createDocument(
  backend: Backend,
  request: {
    parent: string;
    collectionId: string;
    documentId?: string;
    document?: Partial<WriteDocument>;
    mask?: DocumentMask;
  },
): Promise<StoredDocument> {
  const id = request.documentId || randomBytes(15).toString('base64url');
  const root = parseName(request.parent).path === '' && !request.parent.endsWith('/documents');
  const name = `${request.parent}${root ? '/documents' : ''}/${request.collectionId}/${id}`;
  const update = { name, fields: request.document?.fields ?? {} };
  return written(backend, { update, currentDocument: { exists: false } }, request.mask);
}

export function updateDocument(
  backend: Backend,
  request: { document: WriteDocument; updateMask?: DocumentMask; mask?: DocumentMask; currentDocument?: Precondition },
): Promise<StoredDocument> {
  const { document, updateMask, currentDocument } = request;
  const write: Write = {
    update: document,
    ...(updateMask && { updateMask }),
    ...(currentDocument && { currentDocument }),
  };
  return written(backend, write, request.mask);
}

export async function deleteDocument(
  { transactions }: Backend,
  { name, currentDocument }: { name: string; currentDocument?: Precondition },
) {
  await transactions.commit(parseName(name).database, [{ delete: name, ...(currentDocument && { currentDocument }) }]);
  return {};
}

async function written({ engine, transactions }: Backend, write: Write, mask: DocumentMask | undefined) {
  const { database, path } = parseName(writtenName(write));
  await transactions.commit(database, [write]);
  const document = engine.get(database, path);
  if (!document) throw new Error(`${path} is gone right after it was written`);
  return maskedDocument(document, mask);
}

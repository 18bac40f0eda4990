import { status } from '@grpc/grpc-js';
import type { Backend } from '../engine/read.ts';
import { invalid } from '../errors.ts';
import { parseName } from '../names.ts';
import type { TransactionOptions, Write } from '../wire.ts';
import { statusOf } from './call.ts';

/** firebase.google.com/docs/firestore/quotas: the size of one API request. */
export const MAX_REQUEST_BYTES = 10 * 1024 * 1024;

export interface CommitRequest {
  database: string;
  writes?: Write[];
  transaction?: Buffer;
}

/** Stands in for a request of more than MAX_REQUEST_BYTES. */
export const TOO_LARGE: CommitRequest = { database: '' };

export function beginTransaction(
  { transactions }: Backend,
  { database, options }: { database: string; options?: TransactionOptions },
  peer: string,
) {
  return { transaction: transactions.begin(parseName(database).database, options ?? {}, peer).id };
}

export function commit({ transactions }: Backend, request: CommitRequest) {
  return transactions.commit(databaseOf(request), request.writes ?? [], request.transaction);
}

export function rollback({ transactions }: Backend, { transaction }: { transaction?: Buffer }) {
  if (transaction) transactions.rollback(transaction);
  return {};
}

/** Every write on its own: one that is refused does not touch the others. */
export async function batchWrite({ transactions }: Backend, request: CommitRequest) {
  const database = databaseOf(request);
  const { writes = [] } = request;
  const names = writes.map((write) => write.update?.name ?? write.delete ?? write.transform?.document ?? '');
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice) throw invalid(`Cannot write to the same document more than once in a batch write: ${twice}`);
  const outcomes = writes.map(async (write) => {
    try {
      const { writeResults } = await transactions.commit(database, [write]);
      return { result: writeResults[0] ?? {}, status: { code: status.OK } };
    } catch (error) {
      const { code, message } = statusOf(error);
      return { result: {}, status: { code, message } };
    }
  });
  const ended = await Promise.all(outcomes);
  return { writeResults: ended.map(({ result }) => result), status: ended.map((outcome) => outcome.status) };
}

function databaseOf(request: CommitRequest): string {
  if (request !== TOO_LARGE) return parseName(request.database).database;
  throw invalid(`Request payload size exceeds the limit: ${MAX_REQUEST_BYTES} bytes.`);
}

import { failedPrecondition } from '../errors.ts';
import { pathOf } from '../names.ts';
import { type AggregationAnswer, aggregate } from '../query/aggregate.ts';
import type { Query } from '../query/query.ts';
import { microsFromTimestamp, timestampFromMicros } from '../values/time.ts';
import type { Aggregation, Consistency, ProtoTimestamp, StoredDocument } from '../wire.ts';
import type { Engine } from './engine.ts';
import type { Snapshots } from './snapshots.ts';
import type { Transaction, Transactions } from './transactions.ts';

export interface Backend {
  engine: Engine;
  transactions: Transactions;
  snapshots: Snapshots;
}

/** One reading request: it sees the present or a past moment, and inside a read-write transaction it locks what it reads. */
export class Read {
  #backend: Backend;
  #database: string;
  #locking: Transaction | undefined;
  #atMicros: number | undefined;
  #started: Buffer | undefined;

  /** Throws INVALID_ARGUMENT when the transaction is over, FAILED_PRECONDITION when the moment lies ahead. */
  constructor(backend: Backend, database: string, request: Consistency, peer: string) {
    const { engine, transactions } = backend;
    const { newTransaction, readTime } = request;
    this.#backend = backend;
    this.#database = database;
    const transaction = newTransaction
      ? transactions.begin(database, newTransaction, peer)
      : request.transaction && transactions.find(request.transaction);
    if (newTransaction) this.#started = transaction?.id;
    if (!transaction?.readOnly) this.#locking = transaction;
    this.#atMicros = readTime ? microsFromTimestamp(readTime) : transaction?.readMicros;
    if (readTime && microsFromTimestamp(readTime) > engine.readMicros()) {
      throw failedPrecondition('The requested read_time is in the future.');
    }
  }

  async documents(paths: readonly string[]): Promise<(StoredDocument | undefined)[]> {
    const { transactions, snapshots } = this.#backend;
    if (this.#locking) await transactions.lock(this.#locking, paths);
    return paths.map((path) => snapshots.get(this.#database, path, this.#atMicros));
  }

  /** In a transaction the documents are locked, and the commit fails if others slip in. */
  async query(query: Query): Promise<StoredDocument[]> {
    const { transactions } = this.#backend;
    for (;;) {
      const documents = this.#run(query);
      if (!this.#locking) return documents;
      const paths = documents.map(({ name }) => pathOf(name));
      if (await transactions.lock(this.#locking, paths)) continue;
      this.#locking.reads.push({ again: () => fingerprint(this.#run(query)), answer: fingerprint(documents) });
      return documents;
    }
  }

  /** In a transaction the commit fails if the answer changes. */
  aggregate(query: Query, aggregations: readonly Aggregation[]): AggregationAnswer {
    const past = this.#atMicros === undefined ? undefined : () => this.#run(query);
    const answer = aggregate(query, aggregations, past);
    const again = () => JSON.stringify(aggregate(query, aggregations, past));
    this.#locking?.reads.push({ again, answer: JSON.stringify(answer) });
    return answer;
  }

  /** What the first response says besides: the time that was read at, and the transaction that the request began. */
  head(): { readTime: ProtoTimestamp; transaction?: Buffer } {
    const readTime = timestampFromMicros(this.#atMicros ?? this.#backend.engine.readMicros());
    return { readTime, ...(this.#started && { transaction: this.#started }) };
  }

  #run(query: Query): StoredDocument[] {
    return this.#backend.snapshots.run(query, this.#atMicros);
  }
}

function fingerprint(documents: readonly StoredDocument[]): string {
  return documents.map(({ name, updateTime }) => `${name} ${updateTime.seconds} ${updateTime.nanos}`).join('\n');
}

import { randomBytes } from 'node:crypto';
import { aborted, invalid } from '../errors.ts';
import { parseName } from '../names.ts';
import { microsFromTimestamp } from '../values/time.ts';
import type { CommitResult, TransactionOptions, Write } from '../wire.ts';
import type { Engine } from './engine.ts';
import { LockOwner, LockTable } from './locks.ts';
import { writtenName } from './write.ts';

/** How long a transaction may rest and last, in real time. */
export type TransactionLimits = { idleMs: number; maxAgeMs: number };

/** firebase.google.com/docs/firestore/quotas#writes_and_transactions */
const LIMITS: TransactionLimits = { idleMs: 60_000, maxAgeMs: 270_000 };

export interface Transaction {
  id: Buffer;
  database: string;
  readOnly: boolean;
  /** A read-only transaction sees the state of this moment, in microseconds. */
  readMicros: number | undefined;
  /** The connection that it came by: `address:port`. */
  peer: string;
  owner: LockOwner;
  /** Reads whose answers must still be the same at commit, so that no document slipped in. */
  reads: { again: () => string; answer: string }[];
  idle: NodeJS.Timeout;
  expiry: NodeJS.Timeout;
}

/**
 * Pessimistic transactions, as the server libraries see them: a read locks its documents until the end, so whoever
 * came first commits and the others wait. Locks go back when the transaction idles, grows too old or its connection closes.
 */
export class Transactions {
  #engine: Engine;
  #limits: TransactionLimits;
  #locks = new LockTable();
  #open = new Map<string, Transaction>();

  constructor(engine: Engine, limits = LIMITS) {
    this.#engine = engine;
    this.#limits = limits;
  }

  begin(database: string, { readOnly }: TransactionOptions, peer: string): Transaction {
    const readTime = readOnly?.readTime;
    const transaction: Transaction = {
      id: randomBytes(16),
      database,
      readOnly: readOnly !== undefined,
      readMicros: readOnly && (readTime ? microsFromTimestamp(readTime) : this.#engine.readMicros()),
      peer,
      owner: new LockOwner(),
      reads: [],
      idle: setTimeout(() => this.#end(transaction), this.#limits.idleMs).unref(),
      expiry: setTimeout(() => this.#end(transaction), this.#limits.maxAgeMs).unref(),
    };
    this.#open.set(transaction.id.toString('hex'), transaction);
    return transaction;
  }

  /** Throws INVALID_ARGUMENT, which the client library answers with a new attempt, when it is over. */
  find(id: Buffer): Transaction {
    const transaction = this.#open.get(Buffer.from(id).toString('hex'));
    if (!transaction) throw invalid('The referenced transaction has expired or is no longer valid.');
    transaction.idle.refresh();
    return transaction;
  }

  /** Locks documents for a read; returns whether it had to wait. Throws ABORTED. */
  async lock({ id, database, owner }: Transaction, paths: readonly string[]): Promise<boolean> {
    const keys = paths.map((path) => `${database}/${path}`);
    const waited = await this.#locks.acquire(owner, keys);
    if (waited) this.find(id);
    return waited;
  }

  /** Commits with the transaction's locks, or on its own when there is none. Throws what Firestore answers. */
  async commit(database: string, writes: readonly Write[], id?: Buffer, operation?: string): Promise<CommitResult> {
    const keys = writes.map((write) => `${database}/${parseName(writtenName(write)).path}`);
    const transaction = id && this.find(id);
    if (!transaction && this.#locks.areFree(keys)) return this.#engine.apply(database, writes, operation);
    const owner = transaction?.owner ?? new LockOwner();
    try {
      if (transaction?.readOnly && writes.length > 0) {
        throw invalid('Cannot modify entities in a read-only transaction.');
      }
      if (transaction && transaction.database !== database) {
        throw invalid('The transaction belongs to another database.');
      }
      await this.#locks.acquire(owner, keys);
      if (transaction) this.find(transaction.id);
      if (transaction?.reads.some(({ again, answer }) => again() !== answer)) {
        throw aborted('The result of a query that this transaction ran has changed. Please try again.');
      }
      return this.#engine.apply(database, writes, operation);
    } finally {
      if (transaction) this.#end(transaction);
      else this.#locks.release(owner);
    }
  }

  /** Does nothing when it is over. */
  rollback(id: Buffer): void {
    const transaction = this.#open.get(Buffer.from(id).toString('hex'));
    if (transaction) this.#end(transaction);
  }

  connectionClosed(peer: string): void {
    for (const transaction of this.#open.values()) if (transaction.peer === peer) this.#end(transaction);
  }

  reset(): void {
    for (const transaction of this.#open.values()) this.#end(transaction);
  }

  #end(transaction: Transaction): void {
    clearTimeout(transaction.idle);
    clearTimeout(transaction.expiry);
    this.#open.delete(transaction.id.toString('hex'));
    this.#locks.release(transaction.owner);
  }
}

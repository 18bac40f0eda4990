import { randomBytes } from 'node:crypto';
import type { StoredDocument } from '../change.ts';
import { aborted, invalid } from '../errors.ts';
import { parseName, pathOf } from '../names.ts';
import { microsFromTimestamp } from '../values/time.ts';
import type { TransactionOptions, Write } from '../wire.ts';
import type { CommitResult, Engine } from './engine.ts';
import { LockOwner, LockTable } from './locks.ts';
import { writtenName } from './write.ts';

/** In real time: firebase.google.com/docs/firestore/quotas#writes_and_transactions */
const IDLE_MS = 60_000;
const MAX_AGE_MS = 270_000;

/** A read whose answer must still be the same at commit, so that no document slipped in. */
interface RepeatableRead {
  again: () => string;
  answer: string;
}

export interface Transaction {
  id: Buffer;
  database: string;
  readOnly: boolean;
  /** A read-only transaction sees the state of this moment, in microseconds. */
  readMicros: number | undefined;
  /** The connection that it came by: `address:port`. */
  peer: string;
  owner: LockOwner;
  reads: RepeatableRead[];
  idle: NodeJS.Timeout;
  expiry: NodeJS.Timeout;
}

/**
 * Pessimistic transactions, as the server libraries see them: a read locks its documents until the end, so whoever
 * came first commits and the others wait. Locks go back when the transaction idles, grows too old or its connection closes.
 */
export class Transactions {
  #engine: Engine;
  #locks = new LockTable();
  #open = new Map<string, Transaction>();

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  begin(database: string, options: TransactionOptions, peer: string): Transaction {
    const id = randomBytes(16);
    const readTime = options.readOnly?.readTime;
    const transaction: Transaction = {
      id,
      database,
      readOnly: options.readOnly !== undefined,
      readMicros: options.readOnly && (readTime ? microsFromTimestamp(readTime) : this.#engine.readMicros()),
      peer,
      owner: new LockOwner(),
      reads: [],
      idle: setTimeout(() => this.#end(transaction), IDLE_MS).unref(),
      expiry: setTimeout(() => this.#end(transaction), MAX_AGE_MS).unref(),
    };
    this.#open.set(id.toString('hex'), transaction);
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
  async lock(transaction: Transaction, paths: Iterable<string>): Promise<boolean> {
    const waited = await this.#locks.acquire(transaction.owner, keysOf(transaction.database, paths));
    if (waited) this.find(transaction.id);
    return waited;
  }

  /** Runs a query inside a read-write transaction: its documents are locked, and the commit fails if others slipped in. */
  async query(transaction: Transaction, run: () => StoredDocument[]): Promise<StoredDocument[]> {
    for (;;) {
      const documents = run();
      const waited = await this.lock(
        transaction,
        documents.map(({ name }) => pathOf(name)),
      );
      if (waited) continue;
      this.remember(transaction, () => fingerprint(run()), fingerprint(documents));
      return documents;
    }
  }

  remember(transaction: Transaction, again: () => string, answer: string): void {
    transaction.reads.push({ again, answer });
  }

  /** Commits with the transaction's locks, or on its own when there is none. Throws what Firestore answers. */
  async commit(database: string, writes: readonly Write[], id?: Buffer, operation?: string): Promise<CommitResult> {
    const keys = keysOf(
      database,
      writes.map((write) => parseName(writtenName(write)).path),
    );
    if (!id) return this.#commitAlone(database, writes, keys, operation);
    const transaction = this.find(id);
    try {
      if (transaction.readOnly && writes.length > 0)
        throw invalid('Cannot modify entities in a read-only transaction.');
      if (transaction.database !== database) throw invalid('The transaction belongs to another database.');
      await this.#locks.acquire(transaction.owner, keys);
      this.find(id);
      if (transaction.reads.some(({ again, answer }) => again() !== answer)) {
        throw aborted('The result of a query that this transaction ran has changed. Please try again.');
      }
      return this.#engine.apply(database, writes, operation);
    } finally {
      this.#end(transaction);
    }
  }

  /** Whether a commit of these documents would have to wait. */
  areFree(database: string, paths: Iterable<string>): boolean {
    return this.#locks.areFree(keysOf(database, paths));
  }

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

  async #commitAlone(database: string, writes: readonly Write[], keys: readonly string[], operation?: string) {
    if (this.#locks.areFree(keys)) return this.#engine.apply(database, writes, operation);
    const owner = new LockOwner();
    try {
      await this.#locks.acquire(owner, keys);
      return this.#engine.apply(database, writes, operation);
    } finally {
      this.#locks.release(owner);
    }
  }

  #end(transaction: Transaction): void {
    clearTimeout(transaction.idle);
    clearTimeout(transaction.expiry);
    this.#open.delete(transaction.id.toString('hex'));
    this.#locks.release(transaction.owner);
  }
}

function keysOf(database: string, paths: Iterable<string>): string[] {
  return Array.from(paths, (path) => `${database}/${path}`);
}

function fingerprint(documents: readonly StoredDocument[]): string {
  return documents.map(({ name, updateTime }) => `${name} ${updateTime.seconds} ${updateTime.nanos}`).join('\n');
}

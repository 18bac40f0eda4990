import type { StoredDocument } from './wire.ts';

/** What one commit did to one document: both sides, never both absent. */
export interface DocumentChange {
  /** Database id, `(default)` or a name. */
  database: string;
  /** Path below `documents/`, such as `generations/abc`. */
  path: string;
  before: StoredDocument | undefined;
  after: StoredDocument | undefined;
  /** Rises strictly with every commit of the server; the same for all changes of one commit. */
  commitVersion: bigint;
}

/** Someone who must see every commit. */
export interface CommitObserver {
  /**
   * Runs inside the SQLite transaction of the commit, so what it writes to the same database lives or dies with it.
   * Not called when the documents of a database are wiped.
   */
  inTransaction?(changes: readonly DocumentChange[]): void;
  /** Runs after the commit is durable, in commit order. Must not throw. */
  committed?(changes: readonly DocumentChange[]): void;
  /** Everything was wiped. */
  wiped?(): void;
}

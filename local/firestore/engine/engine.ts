import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { MovableClock } from '../../clock.ts';
import type { CommitObserver, DocumentChange, ProtoTimestamp, StoredDocument } from '../change.ts';
import { failedPrecondition } from '../errors.ts';
import { IndexDefinitions } from '../index/definitions.ts';
import { indexTerm, keyHead } from '../index/keys.ts';
import { collectionIdOf, parseName, pathOf } from '../names.ts';
import { afterPrefix } from '../values/bytes.ts';
import { microsFromTimestamp, timestampFromMicros } from '../values/time.ts';
import type { Write, WriteResult } from '../wire.ts';
import { DocumentStore } from './store.ts';
import { Usage } from './usage.ts';
import { applyWrite, commitMoment, writtenName } from './write.ts';

export interface EngineOptions {
  projectId: string;
  clock: MovableClock;
  /** Absent: everything is in memory. */
  dataDir?: string | undefined;
  /** A firestore.indexes.json. */
  indexesFile?: string | undefined;
}

export interface CommitResult {
  writeResults: WriteResult[];
  commitTime: ProtoTimestamp;
}

/** The state of all databases of one server: documents, their index entries, commit times and who watches commits. */
export class Engine {
  readonly projectId: string;
  readonly clock: MovableClock;
  readonly store: DocumentStore;
  readonly usage = new Usage();
  #observers: CommitObserver[] = [];
  #lastMicros: number;

  constructor({ projectId, clock, dataDir, indexesFile }: EngineOptions) {
    this.projectId = projectId;
    this.clock = clock;
    if (dataDir) mkdirSync(dataDir, { recursive: true });
    const file = dataDir ? path.join(dataDir, 'firestore.sqlite') : ':memory:';
    this.store = new DocumentStore(file, IndexDefinitions.fromFile(indexesFile));
    this.#lastMicros = Number(this.store.readMeta('lastCommitMicros') ?? 0);
  }

  /** The SQLite database of everything that must live and die with the documents. */
  get db(): DatabaseSync {
    return this.store.db;
  }

  /** Calls `observer` with every commit from now on; returns a function that ends that. */
  observe(observer: CommitObserver): () => void {
    this.#observers.push(observer);
    return () => {
      this.#observers = this.#observers.filter((other) => other !== observer);
    };
  }

  /** `path` is what follows `documents/`. */
  get(database: string, path: string): StoredDocument | undefined {
    return this.store.get(database, path);
  }

  documentName(database: string, path: string): string {
    return `projects/${this.projectId}/databases/${database}/documents/${path}`;
  }

  /** The time of a read that begins now, in microseconds: every later commit has a later time. */
  readMicros(): number {
    this.#lastMicros = Math.max(this.#lastMicros, this.clock.now() * 1000);
    return this.#lastMicros;
  }

  /** A past moment that a read asks for, in microseconds. Throws FAILED_PRECONDITION when it lies ahead. */
  pastMicros(readTime: ProtoTimestamp): number {
    const micros = microsFromTimestamp(readTime);
    if (micros > this.readMicros()) throw failedPrecondition('The requested read_time is in the future.');
    return micros;
  }

  readTime(): ProtoTimestamp {
    return timestampFromMicros(this.readMicros());
  }

  /**
   * Applies writes as one atomic commit, at once and without asking for locks (see `Transactions.commit` for that).
   * Throws what Firestore answers when a write is refused; then nothing is written.
   */
  apply(database: string, writes: readonly Write[], operation?: string): CommitResult {
    const commitMicros = this.#nextCommitMicros();
    const moment = commitMoment(commitMicros, this.clock.now());
    const pending = new Map<string, DocumentChange>();
    const writeResults = writes.map((write): WriteResult => {
      const { path } = parseName(writtenName(write));
      const known = pending.get(path);
      const before = known ? known.after : this.get(database, path);
      const { after, transformResults } = applyWrite(write, before, moment);
      const first = known ? known.before : before;
      pending.set(path, { database, path, before: first, after, commitVersion: BigInt(commitMicros) });
      return {
        ...(after && { updateTime: after.updateTime }),
        ...(transformResults.length > 0 && { transformResults }),
      };
    });
    const changes = [...pending.values()].filter((change) => change.before !== change.after);
    if (changes.length > 0) this.#commit(changes, commitMicros);
    for (const { path, after } of pending.values()) {
      this.usage.record(after ? 'writes' : 'deletes', collectionIdOf(path), operation ?? (after ? 'write' : 'delete'));
    }
    return { writeResults, commitTime: moment.time };
  }

  /** Removes all documents; numbers and times go on. */
  wipe(): void {
    this.store.wipe();
    for (const observer of this.#observers) observer.wiped?.();
  }

  /** Removes the documents of one database: listeners see it, but nobody pays and no trigger fires, as in the official emulator. */
  async wipeDatabase(database: string): Promise<void> {
    const { terms } = this.store;
    const nameIndex = terms.index(indexTerm.name('COLLECTION'));
    for (const { no } of terms.collectionsBelow(database, '')) {
      const head = keyHead(nameIndex, no);
      for (;;) {
        const entries = this.store.entries(head, afterPrefix(head), 500);
        if (entries.length === 0) break;
        const documents = entries.map(({ documentNo }) => this.store.documentByNo(documentNo));
        this.#deleteQuietly(database, documents);
        await nextTurn();
      }
    }
  }

  close(): void {
    this.db.close();
  }

  #deleteQuietly(database: string, documents: readonly StoredDocument[]): void {
    const commitMicros = this.#nextCommitMicros();
    const changes = documents.map(
      (before): DocumentChange => ({
        database,
        path: pathOf(before.name),
        before,
        after: undefined,
        commitVersion: BigInt(commitMicros),
      }),
    );
    this.#commit(changes, commitMicros, []);
  }

  #nextCommitMicros(): number {
    return Math.max(this.clock.now() * 1000, this.#lastMicros + 1);
  }

  #commit(changes: readonly DocumentChange[], commitMicros: number, participants = this.#observers): void {
    this.store.transaction(() => {
      for (const { database, path, before, after } of changes) this.store.put(database, path, before, after);
      for (const observer of participants) observer.inTransaction?.(changes);
      this.store.writeMeta('lastCommitMicros', String(commitMicros));
    });
    this.#lastMicros = commitMicros;
    for (const observer of this.#observers) observer.committed?.(changes);
  }
}

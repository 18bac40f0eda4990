import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { MovableClock } from '../../clock.ts';
import type { CommitObserver, DocumentChange } from '../change.ts';
import { invalid } from '../errors.ts';
import { IndexDefinitions } from '../index/definitions.ts';
import { collectionIdOf, parseName } from '../names.ts';
import { timestampFromMicros } from '../values/time.ts';
import type { CommitResult, Write } from '../wire.ts';
import { DocumentStore } from './store.ts';
import { Usage } from './usage.ts';
import { applyWrite, checkTransforms, writtenName } from './write.ts';

export interface EngineOptions {
  projectId: string;
  clock: MovableClock;
  /** Where documents and undelivered events are kept; absent: in memory. */
  dataDir?: string | undefined;
  /** A firestore.indexes.json; absent: automatic single-field indexes only. */
  indexesFile?: string | undefined;
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

  /** Calls `observer` with every commit from now on. */
  observe(observer: CommitObserver): void {
    this.#observers.push(observer);
  }

  documentName(database: string, path: string): string {
    return `projects/${this.projectId}/databases/${database}/documents/${path}`;
  }

  /** The path of a document that a request names. Throws INVALID_ARGUMENT unless it lies in `database`. */
  pathOf(database: string, name: string): string {
    const { path } = parseName(name);
    const expected = this.documentName(database, path);
    if (name !== expected)
      throw invalid(`Document "${name}" is not of this database: its name would be "${expected}".`);
    return path;
  }

  /** The time of a read that begins now, in microseconds: every later commit has a later time. */
  readMicros(): number {
    this.#lastMicros = Math.max(this.#lastMicros, this.clock.now() * 1000);
    return this.#lastMicros;
  }

  /**
   * Applies writes as one atomic commit, at once and without asking for locks (see `Transactions.commit` for that).
   * Throws what Firestore answers when a write is refused; then nothing is written.
   */
  apply(database: string, writes: readonly Write[], operation?: string): CommitResult {
    const commitMicros = this.#nextCommitMicros();
    const commitTime = timestampFromMicros(commitMicros);
    const requestTime = timestampFromMicros(this.clock.now() * 1000);
    const pending = new Map<string, DocumentChange>();
    checkTransforms(writes);
    const writeResults = writes.map((write) => {
      const path = this.pathOf(database, writtenName(write));
      const before = this.store.get(database, path);
      const change = pending.get(path) ?? {
        database,
        path,
        before,
        after: before,
        commitVersion: BigInt(commitMicros),
      };
      const { after, transformResults } = applyWrite(write, change.after, { commitTime, requestTime });
      pending.set(path, { ...change, after });
      return {
        ...(after && { updateTime: after.updateTime }),
        ...(transformResults.length > 0 && { transformResults }),
      };
    });
    const changes = [...pending.values()].filter(({ before, after }) => before !== after);
    this.#commit(changes, commitMicros);
    for (const { path, after } of pending.values()) {
      this.usage.record(after ? 'writes' : 'deletes', collectionIdOf(path), operation ?? (after ? 'write' : 'delete'));
    }
    return { writeResults, commitTime };
  }

  /** Removes all documents; numbers and times go on. */
  wipe(): void {
    this.store.wipe();
    for (const observer of this.#observers) observer.wiped?.();
  }

  /** Removes the documents of one database: listeners see it, but nobody pays and no trigger fires, as in the official emulator. */
  wipeDatabase(database: string): void {
    const commitMicros = this.#nextCommitMicros();
    const changes = Array.from(this.store.documents(database), (before): DocumentChange => {
      const { path } = parseName(before.name);
      return { database, path, before, after: undefined, commitVersion: BigInt(commitMicros) };
    });
    this.#commit(changes, commitMicros, false);
  }

  close(): void {
    this.store.db.close();
  }

  #nextCommitMicros(): number {
    return Math.max(this.clock.now() * 1000, this.#lastMicros + 1);
  }

  #commit(changes: readonly DocumentChange[], commitMicros: number, withTriggers = true): void {
    if (changes.length === 0) return;
    this.store.transaction(() => {
      for (const { database, path, before, after } of changes) this.store.put(database, path, before, after);
      if (withTriggers) for (const observer of this.#observers) observer.inTransaction?.(changes);
      this.store.writeMeta('lastCommitMicros', String(commitMicros));
    });
    this.#lastMicros = commitMicros;
    for (const observer of this.#observers) observer.committed?.(changes);
  }
}

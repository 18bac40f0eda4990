import type { DocumentChange } from '../change.ts';
import { failedPrecondition } from '../errors.ts';
import type { Query } from '../query/query.ts';
import type { StoredDocument } from '../wire.ts';
import type { Engine } from './engine.ts';

/** How far back a read may look, in time and in changes: enough for read-only transactions and read times just seen. */
const KEPT_MS = 60_000;
const MAX_CHANGES = 20_000;

/** Reads at a past moment: the present state, with recent changes undone. Without a moment they see the present. */
export class Snapshots {
  #engine: Engine;
  #recent: DocumentChange[] = [];
  #oldestMicros: number;

  constructor(engine: Engine) {
    this.#engine = engine;
    this.#oldestMicros = engine.readMicros();
    engine.observe({
      committed: (changes) => this.#keep(changes),
      wiped: () => {
        this.#recent = [];
        this.#oldestMicros = engine.readMicros();
      },
    });
  }

  /** Throws FAILED_PRECONDITION when the moment is too long ago. */
  get(database: string, path: string, atMicros?: number): StoredDocument | undefined {
    const later = this.#since(atMicros).find((change) => change.database === database && change.path === path);
    return later ? later.before : this.#engine.store.get(database, path);
  }

  /** The result of a query. Throws FAILED_PRECONDITION when the moment is too long ago. */
  run(query: Query, atMicros?: number): StoredDocument[] {
    const undone = new Map<string, StoredDocument | undefined>();
    for (const { before, after } of this.#since(atMicros)) {
      const name = before?.name ?? after?.name ?? '';
      if (!undone.has(name)) undone.set(name, before);
    }
    if (undone.size === 0) return query.run();
    const wanted = query.offset + (query.limit ?? Number.POSITIVE_INFINITY);
    const present = query.documents(0, wanted + undone.size);
    const unchanged = [...present].filter(({ name }) => !undone.has(name));
    const past = [...undone.values()].flatMap((document) => (document && query.matches(document) ? [document] : []));
    return [...unchanged, ...past].sort((a, b) => query.compare(a, b)).slice(query.offset, wanted);
  }

  #since(atMicros: number | undefined): DocumentChange[] {
    if (atMicros === undefined) return [];
    if (atMicros < this.#oldestMicros) throw failedPrecondition('The requested read_time is too old.');
    return this.#recent.filter(({ commitVersion }) => commitVersion > BigInt(atMicros));
  }

  #keep(changes: readonly DocumentChange[]): void {
    this.#recent.push(...changes);
    const tooOld = BigInt(this.#engine.clock.now() - KEPT_MS) * 1000n;
    let gone = this.#recent.findIndex(({ commitVersion }) => commitVersion >= tooOld);
    if (this.#recent.length - gone > MAX_CHANGES) gone = this.#recent.length - MAX_CHANGES / 2;
    if (gone <= 0) return;
    this.#oldestMicros = Number(this.#recent[gone - 1]?.commitVersion ?? 0n);
    this.#recent = this.#recent.slice(gone);
  }
}

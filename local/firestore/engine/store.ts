import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { StoredDocument } from '../change.ts';
import { invalid } from '../errors.ts';
import type { IndexDefinitions } from '../index/definitions.ts';
import { documentKeys, nameKey } from '../index/keys.ts';
import { Terms } from '../index/terms.ts';
import { pathOf } from '../names.ts';
import { decodeDocument, encodeDocument } from '../protos.ts';

/** cloud.google.com/firestore/quotas#indexes */
const MAX_ENTRIES_PER_DOCUMENT = 40_000;

/** One index entry: its whole key and the document it leads to. */
export interface Entry {
  key: Buffer;
  documentNo: number;
}

/**
 * Documents and index entries in SQLite. `synchronous = NORMAL` with a write-ahead log: a commit is handed to the
 * operating system before it is acknowledged, so it survives SIGKILL of this process (though not a power cut).
 */
export class DocumentStore {
  readonly db: DatabaseSync;
  readonly definitions: IndexDefinitions;
  readonly terms: Terms;
  #findDocument: StatementSync;
  #documentByNo: StatementSync;
  #addDocument: StatementSync;
  #setDocument: StatementSync;
  #removeDocument: StatementSync;
  #addEntry: StatementSync;
  #removeEntry: StatementSync;
  #entriesUp: StatementSync;
  #entriesDown: StatementSync;
  #countEntries: StatementSync;
  #writeMeta: StatementSync;

  constructor(file: string, definitions: IndexDefinitions) {
    this.definitions = definitions;
    const db = new DatabaseSync(file);
    this.db = db;
    db.exec(`
      PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -65536;
      CREATE TABLE IF NOT EXISTS documents (no INTEGER PRIMARY KEY, bytes BLOB NOT NULL);
      CREATE TABLE IF NOT EXISTS entries (key BLOB PRIMARY KEY, documentNo INTEGER NOT NULL) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;`);
    this.terms = new Terms(db);
    this.#findDocument = db.prepare(
      'SELECT no, bytes FROM entries JOIN documents ON documents.no = entries.documentNo WHERE key = ?',
    );
    this.#documentByNo = db.prepare('SELECT bytes FROM documents WHERE no = ?');
    this.#addDocument = db.prepare('INSERT INTO documents (bytes) VALUES (?)');
    this.#setDocument = db.prepare('UPDATE documents SET bytes = ? WHERE no = ?');
    this.#removeDocument = db.prepare('DELETE FROM documents WHERE no = ?');
    this.#addEntry = db.prepare('INSERT INTO entries (key, documentNo) VALUES (?, ?)');
    this.#removeEntry = db.prepare('DELETE FROM entries WHERE key = ?');
    this.#entriesUp = db.prepare('SELECT key, documentNo FROM entries WHERE key >= ? AND key < ? ORDER BY key LIMIT ?');
    this.#entriesDown = db.prepare(
      'SELECT key, documentNo FROM entries WHERE key >= ? AND key < ? ORDER BY key DESC LIMIT ?',
    );
    this.#countEntries = db.prepare(
      'SELECT count(*) AS n FROM (SELECT 1 FROM entries WHERE key >= ? AND key < ? LIMIT ?)',
    );
    this.#writeMeta = db.prepare('INSERT OR REPLACE INTO meta VALUES (?, ?)');
    this.#rebuildEntriesIfOutdated();
  }

  /** Runs `work` in one SQLite transaction: all of it is kept, or nothing. */
  transaction<T>(work: () => T): T {
    this.db.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.db.exec('COMMIT');
      return result;
    } catch (error) {
      this.db.exec('ROLLBACK');
      this.terms.forget();
      throw error;
    }
  }

  get(database: string, path: string): StoredDocument | undefined {
    const row = this.#findDocument.get(nameKey(this.terms, database, path));
    return row && decodeDocument(row.bytes as Uint8Array);
  }

  documentByNo(documentNo: number): StoredDocument {
    const row = this.#documentByNo.get(documentNo);
    if (!row) throw new Error(`an index entry leads to document ${documentNo}, which is not there`);
    return decodeDocument(row.bytes as Uint8Array);
  }

  /** Stores what a commit made of one document. To be called inside `transaction`. */
  put(database: string, path: string, before: StoredDocument | undefined, after: StoredDocument | undefined): void {
    const oldKeys = before ? documentKeys(this.terms, this.definitions, database, path, before) : [];
    const newKeys = after ? documentKeys(this.terms, this.definitions, database, path, after) : [];
    if (newKeys.length > MAX_ENTRIES_PER_DOCUMENT) {
      throw invalid(
        `too many index entries for entity ${path}: ${newKeys.length}, at most ${MAX_ENTRIES_PER_DOCUMENT}`,
      );
    }
    if (!before) {
      if (after) this.#insert(newKeys, Number(this.#addDocument.run(encodeDocument(after)).lastInsertRowid));
      return;
    }
    const documentNo = Number(this.#findDocument.get(oldKeys[0] as Buffer)?.no);
    if (after) this.#setDocument.run(encodeDocument(after), documentNo);
    else this.#removeDocument.run(documentNo);
    const old = new Set(oldKeys.map((key) => key.toString('latin1')));
    this.#insert(
      newKeys.filter((key) => !old.delete(key.toString('latin1'))),
      documentNo,
    );
    for (const key of old) this.#removeEntry.run(Buffer.from(key, 'latin1'));
  }

  /** At most `limit` entries with from <= key < to, in rising or falling order. */
  entries(from: Buffer, to: Buffer, limit: number, descending = false): Entry[] {
    const rows = (descending ? this.#entriesDown : this.#entriesUp).all(from, to, limit);
    return rows.map((row) => {
      const key = row.key as Uint8Array;
      return { key: Buffer.from(key.buffer, key.byteOffset, key.byteLength), documentNo: Number(row.documentNo) };
    });
  }

  /** How many entries have from <= key < to, counted up to `limit`. */
  countEntries(from: Buffer, to: Buffer, limit: number): number {
    return Number(this.#countEntries.get(from, to, limit)?.n);
  }

  readMeta(name: string): string | undefined {
    const row = this.db.prepare('SELECT value FROM meta WHERE name = ?').get(name);
    return row && String(row.value);
  }

  writeMeta(name: string, value: string): void {
    this.#writeMeta.run(name, value);
  }

  /** Removes every document of one database, or of all. Numbers stay given out. */
  wipe(): void {
    this.transaction(() => this.db.exec('DELETE FROM documents; DELETE FROM entries'));
  }

  #insert(keys: readonly Buffer[], documentNo: number): void {
    for (const key of keys) this.#addEntry.run(key, documentNo);
  }

  #rebuildEntriesIfOutdated(): void {
    if (this.readMeta('indexes') === this.definitions.signature) return;
    this.transaction(() => {
      this.db.exec('DELETE FROM entries');
      for (const row of this.db.prepare('SELECT no, bytes FROM documents').iterate()) {
        const document = decodeDocument(row.bytes as Uint8Array);
        const database = document.name.split('/')[3] ?? '';
        const keys = documentKeys(this.terms, this.definitions, database, pathOf(document.name), document);
        this.#insert(keys, Number(row.no));
      }
      this.writeMeta('indexes', this.definitions.signature);
    });
  }
}

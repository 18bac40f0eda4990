import { DatabaseSync } from 'node:sqlite';
import type { IndexDefinitions } from '../index/definitions.ts';
import { documentKeys, nameKey } from '../index/keys.ts';
import { Terms } from '../index/terms.ts';
import { parseName } from '../names.ts';
import { decodeDocument, encodeDocument } from '../protos.ts';
import { prepared } from '../sql.ts';
import type { StoredDocument } from '../wire.ts';
import { checkIndexEntries } from './index-limits.ts';

/** One index entry: its key and the document it leads to. */
export type Entry = { key: Buffer; documentNo: number };

const SCHEMA = `
  PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -65536;
  CREATE TABLE IF NOT EXISTS documents (no INTEGER PRIMARY KEY, bytes BLOB NOT NULL);
  CREATE TABLE IF NOT EXISTS entries (key BLOB PRIMARY KEY, documentNo INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;`;

const STATEMENTS = {
  find: 'SELECT no, bytes FROM entries JOIN documents ON documents.no = entries.documentNo WHERE key = ?',
  read: 'SELECT bytes FROM documents WHERE no = ?',
  all: 'SELECT no, bytes FROM documents',
  add: 'INSERT INTO documents (bytes) VALUES (?)',
  change: 'UPDATE documents SET bytes = ? WHERE no = ?',
  remove: 'DELETE FROM documents WHERE no = ?',
  addEntry: 'INSERT INTO entries (key, documentNo) VALUES (?, ?)',
  removeEntry: 'DELETE FROM entries WHERE key = ?',
  entriesUp: 'SELECT key, documentNo FROM entries WHERE key >= ? AND key < ? ORDER BY key LIMIT ?',
  entriesDown: 'SELECT key, documentNo FROM entries WHERE key >= ? AND key < ? ORDER BY key DESC LIMIT ?',
  countEntries: 'SELECT count(*) AS n FROM (SELECT 1 FROM entries WHERE key >= ? AND key < ? LIMIT ?)',
  readMeta: 'SELECT value FROM meta WHERE name = ?',
  writeMeta: 'INSERT OR REPLACE INTO meta VALUES (?, ?)',
};

/**
 * Documents and index entries in SQLite. `synchronous = NORMAL` with a write-ahead log: a commit is handed to the
 * operating system before it is acknowledged, so it survives SIGKILL of this process (though not a power cut).
 */
export class DocumentStore {
  readonly db: DatabaseSync;
  readonly definitions: IndexDefinitions;
  readonly terms: Terms;
  #sql: ReturnType<typeof prepared<keyof typeof STATEMENTS>>;

  constructor(file: string, definitions: IndexDefinitions) {
    this.db = new DatabaseSync(file);
    this.db.exec(SCHEMA);
    this.definitions = definitions;
    this.terms = new Terms(this.db);
    this.#sql = prepared(this.db, STATEMENTS);
    if (this.readMeta('indexes') !== definitions.signature) this.#rebuildEntries();
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

  /** `path` is what follows `documents/`. */
  get(database: string, path: string): StoredDocument | undefined {
    const row = this.#sql.find.get(nameKey(this.terms, database, path));
    return row && decodeDocument(row.bytes as Uint8Array);
  }

  documentByNo(documentNo: number): StoredDocument {
    const row = this.#sql.read.get(documentNo);
    if (!row) throw new Error(`an index entry leads to document ${documentNo}, which is not there`);
    return decodeDocument(row.bytes as Uint8Array);
  }

  /** Every document of one database. */
  *documents(database: string): Generator<StoredDocument> {
    for (const { bytes } of this.#sql.all.iterate()) {
      const document = decodeDocument(bytes as Uint8Array);
      if (parseName(document.name).database === database) yield document;
    }
  }

  /** Stores what a commit made of one document. To be called inside `transaction`. */
  put(database: string, path: string, before: StoredDocument | undefined, after: StoredDocument | undefined): void {
    const oldKeys = before ? documentKeys(this, database, path, before) : [];
    const newKeys = after ? documentKeys(this, database, path, after) : [];
    if (after) checkIndexEntries(this.definitions, path, after.fields, newKeys);
    if (!before) {
      if (after) this.#insert(newKeys, Number(this.#sql.add.run(encodeDocument(after)).lastInsertRowid));
      return;
    }
    const documentNo = Number(this.#sql.find.get(oldKeys[0] as Buffer)?.no);
    if (after) this.#sql.change.run(encodeDocument(after), documentNo);
    else this.#sql.remove.run(documentNo);
    const old = new Set(oldKeys.map((key) => key.toString('latin1')));
    const added = newKeys.filter((key) => !old.delete(key.toString('latin1')));
    this.#insert(added, documentNo);
    for (const key of old) this.#sql.removeEntry.run(Buffer.from(key, 'latin1'));
  }

  /** At most `limit` entries with from <= key < to, in rising or falling order. */
  entries(from: Buffer, to: Buffer, limit: number, descending = false): Entry[] {
    const rows = (descending ? this.#sql.entriesDown : this.#sql.entriesUp).all(from, to, limit);
    return rows.map((row) => {
      const key = row.key as Uint8Array;
      return { key: Buffer.from(key.buffer, key.byteOffset, key.byteLength), documentNo: Number(row.documentNo) };
    });
  }

  /** How many entries have from <= key < to, counted up to `limit`. */
  countEntries(from: Buffer, to: Buffer, limit: number): number {
    return Number(this.#sql.countEntries.get(from, to, limit)?.n);
  }

  readMeta(name: string): string | undefined {
    const row = this.#sql.readMeta.get(name);
    return row && String(row.value);
  }

  writeMeta(name: string, value: string): void {
    this.#sql.writeMeta.run(name, value);
  }

  /** Removes every document. Numbers stay given out. */
  wipe(): void {
    this.transaction(() => this.db.exec('DELETE FROM documents; DELETE FROM entries'));
  }

  #insert(keys: readonly Buffer[], documentNo: number): void {
    for (const key of keys) this.#sql.addEntry.run(key, documentNo);
  }

  #rebuildEntries(): void {
    this.transaction(() => {
      this.db.exec('DELETE FROM entries');
      for (const { no, bytes } of this.#sql.all.iterate()) {
        const document = decodeDocument(bytes as Uint8Array);
        const { database, path } = parseName(document.name);
        this.#insert(documentKeys(this, database, path, document), Number(no));
      }
      this.writeMeta('indexes', this.definitions.signature);
    });
  }
}

import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** Numbers that stand for collections, collection groups and indexes inside keys; given out once and kept. */
export class Terms {
  #known = new Map<string, number>();
  #findCollection: StatementSync;
  #addCollection: StatementSync;
  #findTerm: StatementSync;
  #allCollections: StatementSync;
  #collectionsBelow: StatementSync;
  #addTerm: StatementSync;

  constructor(db: DatabaseSync) {
    db.exec(`
      CREATE TABLE IF NOT EXISTS collections (
        no INTEGER PRIMARY KEY, database TEXT NOT NULL, parent TEXT NOT NULL, collectionId TEXT NOT NULL,
        UNIQUE (database, parent, collectionId));
      CREATE TABLE IF NOT EXISTS terms (no INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);`);
    this.#findCollection = db.prepare(
      'SELECT no FROM collections WHERE database = ? AND parent = ? AND collectionId = ?',
    );
    this.#addCollection = db.prepare('INSERT INTO collections (database, parent, collectionId) VALUES (?, ?, ?)');
    const columns = 'SELECT no, parent, collectionId FROM collections WHERE database = ?';
    this.#allCollections = db.prepare(columns);
    this.#collectionsBelow = db.prepare(`${columns} AND (parent = ? OR (parent >= ? AND parent < ?))`);
    this.#findTerm = db.prepare('SELECT no FROM terms WHERE text = ?');
    this.#addTerm = db.prepare('INSERT INTO terms (text) VALUES (?)');
  }

  collection(database: string, parent: string, collectionId: string): number {
    const cacheKey = `${database}/${parent}/${collectionId}`;
    const known = this.#known.get(cacheKey);
    if (known !== undefined) return known;
    const row = this.#findCollection.get(database, parent, collectionId);
    return this.#remember(cacheKey, row?.no ?? this.#addCollection.run(database, parent, collectionId).lastInsertRowid);
  }

  /** Every collection that had a document directly or further below the document `parent` ('' for the root). */
  collectionsBelow(database: string, parent: string): { no: number; parent: string; collectionId: string }[] {
    const rows =
      parent === ''
        ? this.#allCollections.all(database)
        : this.#collectionsBelow.all(database, parent, `${parent}/`, `${parent}0`);
    return rows.map((row) => ({
      no: Number(row.no),
      parent: String(row.parent),
      collectionId: String(row.collectionId),
    }));
  }

  group(database: string, collectionId: string): number {
    return this.#term(`group ${database} ${collectionId}`);
  }

  index(term: string): number {
    return this.#term(term);
  }

  /** To be called after a rollback: numbers given out inside the transaction are gone. */
  forget(): void {
    this.#known.clear();
  }

  #term(text: string): number {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const row = this.#findTerm.get(text);
    return this.#remember(text, row?.no ?? this.#addTerm.run(text).lastInsertRowid);
  }

  #remember(text: string, no: unknown): number {
    if (this.#known.size > 100_000) this.#known.clear();
    this.#known.set(text, Number(no));
    return Number(no);
  }
}

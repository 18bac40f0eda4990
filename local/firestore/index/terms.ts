import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { prepared } from '../sql.ts';

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS collections (
    no INTEGER PRIMARY KEY, database TEXT NOT NULL, parent TEXT NOT NULL, collectionId TEXT NOT NULL,
    UNIQUE (database, parent, collectionId));
  CREATE TABLE IF NOT EXISTS terms (no INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);`;

const STATEMENTS = {
  findCollection: 'SELECT no FROM collections WHERE database = ? AND parent = ? AND collectionId = ?',
  addCollection: 'INSERT INTO collections (database, parent, collectionId) VALUES (?, ?, ?)',
  databases: 'SELECT DISTINCT database FROM collections',
  below: `SELECT no, parent, collectionId FROM collections
    WHERE database = ?1 AND (?2 = '' OR parent = ?2 OR (parent >= ?2 || '/' AND parent < ?2 || '0'))`,
  findTerm: 'SELECT no FROM terms WHERE text = ?',
  addTerm: 'INSERT INTO terms (text) VALUES (?)',
};

/** Numbers that stand for collections, collection groups and indexes inside keys; given out once and kept. */
export class Terms {
  #known = new Map<string, number>();
  #sql: ReturnType<typeof prepared<keyof typeof STATEMENTS>>;

  constructor(db: DatabaseSync) {
    db.exec(SCHEMA);
    this.#sql = prepared(db, STATEMENTS);
  }

  collection(database: string, parent: string, collectionId: string): number {
    return this.#number(`${database}/${parent}/${collectionId}`, 'Collection', database, parent, collectionId);
  }

  group(database: string, collectionId: string): number {
    return this.index(`group ${database} ${collectionId}`);
  }

  index(term: string): number {
    return this.#number(term, 'Term', term);
  }

  databases(): string[] {
    return this.#sql.databases.all().map(({ database }) => String(database));
  }

  /** Every collection that had a document directly or further below the document `parent` ('' for the root). */
  collectionsBelow(database: string, parent: string): { no: number; parent: string; collectionId: string }[] {
    const rows = this.#sql.below.all(database, parent);
    return rows as unknown as { no: number; parent: string; collectionId: string }[];
  }

  /** To be called after a rollback: numbers given out inside the transaction are gone. */
  forget(): void {
    this.#known.clear();
  }

  #number(cacheKey: string, kind: 'Collection' | 'Term', ...values: SQLInputValue[]): number {
    const known = this.#known.get(cacheKey);
    if (known !== undefined) return known;
    const row = this.#sql[`find${kind}`].get(...values);
    const no = Number(row?.no ?? this.#sql[`add${kind}`].run(...values).lastInsertRowid);
    if (this.#known.size > 100_000) this.#known.clear();
    this.#known.set(cacheKey, no);
    return no;
  }
}

import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { DocumentChange } from '../change.ts';
import { changeKind, encodeEventData, newEventHeaders } from './event.ts';
import type { TriggerRegistry } from './registry.ts';

/** What delivery must know of an event without reading it. */
export interface PendingEvent {
  /** Rises in commit order. */
  seq: number;
  triggerKey: string;
  database: string;
  path: string;
  createdMs: number;
  /** Failed ones so far. */
  attempts: number;
}

/** An event as it is delivered, the same in every redelivery. */
export interface StoredEvent {
  headers: Record<string, string>;
  /** DocumentEventData, encoded. */
  data: Uint8Array;
}

const SCHEMA = `CREATE TABLE IF NOT EXISTS trigger_event (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  trigger_key TEXT NOT NULL,
  database TEXT NOT NULL,
  path TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  headers TEXT NOT NULL,
  data BLOB NOT NULL
)`;

const INSERT = `INSERT INTO trigger_event (trigger_key, database, path, created_ms, headers, data)
  VALUES (?, ?, ?, ?, ?, ?)`;

/** The undelivered events, kept in the same database as the documents. */
export class Outbox {
  #db: DatabaseSync;
  #projectId: string;
  #insert: StatementSync;
  #select: StatementSync;
  #delete: StatementSync;
  #setAttempts: StatementSync;

  constructor(db: DatabaseSync, projectId: string) {
    this.#db = db;
    this.#projectId = projectId;
    db.exec(SCHEMA);
    this.#insert = db.prepare(INSERT);
    this.#select = db.prepare('SELECT headers, data FROM trigger_event WHERE seq = ?');
    this.#delete = db.prepare('DELETE FROM trigger_event WHERE seq = ?');
    this.#setAttempts = db.prepare('UPDATE trigger_event SET attempts = ? WHERE seq = ?');
  }

  /** Stores one event for each trigger that a change concerns. Call it inside the transaction of the commit. */
  add(changes: readonly DocumentChange[], registry: TriggerRegistry, nowMs: number): PendingEvent[] {
    const added: PendingEvent[] = [];
    for (const change of changes) {
      const { database, path } = change;
      const triggers = registry.matching(database, path, changeKind(change));
      if (triggers.length === 0) continue;
      const data = encodeEventData(change);
      for (const trigger of triggers) {
        const headers = newEventHeaders(change, trigger, { projectId: this.#projectId, nowMs });
        const inserted = this.#insert.run(trigger.key, database, path, nowMs, JSON.stringify(headers), data);
        const seq = Number(inserted.lastInsertRowid);
        added.push({ seq, triggerKey: trigger.key, database, path, createdMs: nowMs, attempts: 0 });
      }
    }
    return added;
  }

  /** Every undelivered event, in commit order. */
  pending(): PendingEvent[] {
    const columns = 'seq, trigger_key AS triggerKey, database, path, created_ms AS createdMs, attempts';
    const rows = this.#db.prepare(`SELECT ${columns} FROM trigger_event ORDER BY seq`).all();
    return rows as unknown as PendingEvent[];
  }

  read(seq: number): StoredEvent | undefined {
    const row = this.#select.get(seq);
    return row && { headers: JSON.parse(String(row.headers)), data: row.data as Uint8Array };
  }

  remove(seq: number): void {
    this.#delete.run(seq);
  }

  setAttempts(seq: number, attempts: number): void {
    this.#setAttempts.run(attempts, seq);
  }

  removeTrigger(triggerKey: string): void {
    this.#db.prepare('DELETE FROM trigger_event WHERE trigger_key = ?').run(triggerKey);
  }

  clear(): void {
    this.#db.exec('DELETE FROM trigger_event');
  }
}

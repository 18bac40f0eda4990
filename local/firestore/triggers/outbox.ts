import type { DatabaseSync } from 'node:sqlite';
import type { DocumentChange } from '../change.ts';
import { prepared } from '../sql.ts';
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
  seq INTEGER PRIMARY KEY AUTOINCREMENT, trigger_key TEXT NOT NULL, database TEXT NOT NULL, path TEXT NOT NULL,
  created_ms INTEGER NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, headers TEXT NOT NULL, data BLOB NOT NULL)`;

export type Outbox = ReturnType<typeof openOutbox>;

/** The statements about undelivered events, which are kept in the same database as the documents. */
export function openOutbox(db: DatabaseSync) {
  db.exec(SCHEMA);
  return prepared(db, {
    insert: `INSERT INTO trigger_event (trigger_key, database, path, created_ms, headers, data)
      VALUES (?, ?, ?, ?, ?, ?)`,
    read: 'SELECT headers, data FROM trigger_event WHERE seq = ?',
    remove: 'DELETE FROM trigger_event WHERE seq = ?',
    setAttempts: 'UPDATE trigger_event SET attempts = ? WHERE seq = ?',
    removeTrigger: 'DELETE FROM trigger_event WHERE trigger_key = ?',
    clear: 'DELETE FROM trigger_event',
    count: 'SELECT count(*) AS n FROM trigger_event',
    pending: `SELECT seq, trigger_key AS triggerKey, database, path, created_ms AS createdMs, attempts
      FROM trigger_event ORDER BY seq`,
  });
}

/** Stores one event for each trigger that a change concerns. Call it inside the transaction of the commit. */
export function addEvents(
  outbox: Outbox,
  registry: TriggerRegistry,
  changes: readonly DocumentChange[],
  origin: { projectId: string; nowMs: number },
): PendingEvent[] {
  const createdMs = origin.nowMs;
  return changes.flatMap((change) => {
    const { database, path } = change;
    const triggers = registry.matching(database, path, changeKind(change));
    const data = triggers.length > 0 ? encodeEventData(change) : null;
    return triggers.map((trigger): PendingEvent => {
      const headers = JSON.stringify(newEventHeaders(change, trigger, origin));
      const { lastInsertRowid } = outbox.insert.run(trigger.key, database, path, createdMs, headers, data);
      return { seq: Number(lastInsertRowid), triggerKey: trigger.key, database, path, createdMs, attempts: 0 };
    });
  });
}

export function readEvent(outbox: Outbox, seq: number): StoredEvent | undefined {
  const row = outbox.read.get(seq);
  return row && { headers: JSON.parse(String(row.headers)), data: row.data as Uint8Array };
}

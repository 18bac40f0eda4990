import type { DatabaseSync } from 'node:sqlite';

export type ChannelKind = 'email' | 'slack' | 'sms' | 'webhook' | 'pagerduty';

/** What reached a vendor. */
export interface Arrival {
  kind: ChannelKind;
  /** Who gets it: addresses, a number, the path of a webhook. */
  to: string;
  /** CRITICAL, WARNING, INFO, RESOLVED, ACKNOWLEDGED or TEST; empty where it is none of ours. */
  headword: string;
  title: string;
  /** The sender's own key of the message or incident, where the vendor is told one. */
  key: string | undefined;
  /** The body as it came. */
  content: unknown;
}

export interface Received extends Arrival {
  seq: number;
  /** ISO 8601, by the movable clock. */
  at: string;
}

/** One incident of PagerDuty's, by its dedup key. */
export interface Incident {
  dedupKey: string;
  state: 'triggered' | 'acknowledged' | 'resolved';
  title: string;
  severity: string;
  /** Triggers that it took, the first included. */
  triggers: number;
  openedAt: string;
  changedAt: string;
}

const KEPT = 10_000;

/** All that arrived, the last 10,000; it outlives the process where the database does. */
export class Inbox {
  readonly #db: DatabaseSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
    db.exec(`
      CREATE TABLE IF NOT EXISTS inbox (seq INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, json TEXT NOT NULL);
      CREATE INDEX IF NOT EXISTS inbox_by_kind ON inbox (kind, seq);
      CREATE TABLE IF NOT EXISTS incidents (dedupKey TEXT PRIMARY KEY, changed INTEGER NOT NULL, json TEXT NOT NULL);
      CREATE INDEX IF NOT EXISTS incidents_by_change ON incidents (changed);
    `);
  }

  add(arrival: Arrival, atMs: number): void {
    const json = JSON.stringify({ ...arrival, at: new Date(atMs).toISOString() });
    const { lastInsertRowid } = this.#db
      .prepare('INSERT INTO inbox (kind, json) VALUES (?, ?)')
      .run(arrival.kind, json);
    this.#db.prepare('DELETE FROM inbox WHERE seq <= ?').run(Number(lastInsertRowid) - KEPT);
  }

  count(): number {
    return (this.#db.prepare('SELECT count(*) AS n FROM inbox').get() as { n: number }).n;
  }

  /** In order of arrival, those after the `after`th. */
  list(after: number, limit: number, kind?: ChannelKind): Received[] {
    const rows = this.#db
      .prepare('SELECT seq, json FROM inbox WHERE seq > ? AND (? IS NULL OR kind = ?) ORDER BY seq LIMIT ?')
      .all(after, kind ?? null, kind ?? null, limit);
    return rows.map(received);
  }

  /** The latest first. */
  latest(limit: number, kind?: ChannelKind): Received[] {
    const rows = this.#db
      .prepare('SELECT seq, json FROM inbox WHERE (? IS NULL OR kind = ?) ORDER BY seq DESC LIMIT ?')
      .all(kind ?? null, kind ?? null, limit);
    return rows.map(received);
  }

  clear(): void {
    this.#db.exec('DELETE FROM inbox; DELETE FROM incidents');
  }

  incident(dedupKey: string): Incident | undefined {
    const row = this.#db.prepare('SELECT json FROM incidents WHERE dedupKey = ?').get(dedupKey);
    return row && (JSON.parse(String(row.json)) as Incident);
  }

  putIncident(incident: Incident): void {
    this.#db
      .prepare(
        'INSERT INTO incidents VALUES (?1, (SELECT coalesce(max(changed), 0) + 1 FROM incidents), ?2) ' +
          'ON CONFLICT (dedupKey) DO UPDATE SET changed = excluded.changed, json = excluded.json',
      )
      .run(incident.dedupKey, JSON.stringify(incident));
    this.#db.prepare('DELETE FROM incidents WHERE changed <= (SELECT max(changed) FROM incidents) - ?').run(KEPT);
  }

  /** The latest changed first. */
  incidents(limit: number): Incident[] {
    const rows = this.#db.prepare('SELECT json FROM incidents ORDER BY changed DESC LIMIT ?').all(limit);
    return rows.map(({ json }) => JSON.parse(String(json)) as Incident);
  }
}

/** The table is written by `add` alone. */
function received(row: Record<string, unknown>): Received {
  return { seq: Number(row.seq), ...(JSON.parse(String(row.json)) as Omit<Received, 'seq'>) };
}

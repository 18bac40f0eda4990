import { randomInt } from 'node:crypto';
import { DatabaseSync, type SQLOutputValue, type StatementSync } from 'node:sqlite';
import type { AttemptResult, LastAttempt, Task, TaskRequest } from './task.ts';

/**
 * How long the id of an ended or deleted task stays refused. Google says about 1 hour in one place and up to 24 hours
 * in another; the shortest is what a caller may rely on.
 */
export const USED_ID_MS = 3_600_000;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS tasks (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    queue TEXT NOT NULL,
    id TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    schedule_ms INTEGER NOT NULL,
    deadline_ms INTEGER NOT NULL,
    request TEXT NOT NULL,
    in_flight INTEGER NOT NULL DEFAULT 0,
    dispatch_count INTEGER NOT NULL DEFAULT 0,
    response_count INTEGER NOT NULL DEFAULT 0,
    first_attempt_ms INTEGER,
    last_attempt TEXT,
    UNIQUE (queue, id)
  );
  CREATE INDEX IF NOT EXISTS tasks_due ON tasks (queue, in_flight, schedule_ms, sequence);
  CREATE TABLE IF NOT EXISTS used_ids (
    queue TEXT NOT NULL, id TEXT NOT NULL, free_ms INTEGER NOT NULL, PRIMARY KEY (queue, id)
  );
  CREATE INDEX IF NOT EXISTS used_ids_free ON used_ids (free_ms);
  CREATE TABLE IF NOT EXISTS queues (name TEXT PRIMARY KEY, paused INTEGER NOT NULL DEFAULT 0, purged_ms INTEGER);
  CREATE TABLE IF NOT EXISTS chaos (one INTEGER PRIMARY KEY CHECK (one = 1), duplicate INTEGER NOT NULL);
`;

type Row = Record<string, SQLOutputValue>;

export interface NewTask {
  queue: string;
  /** Undefined: one is made up. */
  id: string | undefined;
  createdMs: number;
  scheduleMs: number;
  deadlineMs: number;
  request: TaskRequest;
}

export interface QueueState {
  paused: boolean;
  purgedMs: number | undefined;
}

/** The tasks of every queue, in SQLite: what was accepted survives the process. */
export class TaskStore {
  #db: DatabaseSync;
  #statements = new Map<string, StatementSync>();

  /** `path` is a file, or `:memory:`. Attempts that a killed process had out are due again. */
  constructor(path: string) {
    this.#db = new DatabaseSync(path);
    this.#db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 2000;');
    this.#db.exec(SCHEMA);
    this.#db.exec('UPDATE tasks SET in_flight = 0 WHERE in_flight = 1');
  }

  close(): void {
    this.#db.close();
  }

  /** Stores a task, or answers undefined when its id is in use or was in use a while ago. */
  create(task: NewTask): Task | undefined {
    this.#run('DELETE FROM used_ids WHERE free_ms <= ?', task.createdMs);
    const id = task.id ?? String(randomInt(2 ** 47)).padStart(19, '1');
    if (this.#get('SELECT 1 FROM used_ids WHERE queue = ? AND id = ?', task.queue, id)) return undefined;
    const { changes } = this.#run(
      `INSERT INTO tasks (queue, id, created_ms, schedule_ms, deadline_ms, request) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT DO NOTHING`,
      task.queue,
      id,
      task.createdMs,
      task.scheduleMs,
      task.deadlineMs,
      JSON.stringify(task.request),
    );
    return changes === 0 ? undefined : this.find(task.queue, id);
  }

  find(queue: string, id: string): Task | undefined {
    const row = this.#get('SELECT * FROM tasks WHERE queue = ? AND id = ?', queue, id);
    return row && taskOf(row);
  }

  /** Tasks of a queue in order of creation, beginning after `afterSequence`. */
  list(queue: string, { afterSequence = 0, limit }: { afterSequence?: number; limit: number }): Task[] {
    const sql = 'SELECT * FROM tasks WHERE queue = ? AND sequence > ? ORDER BY sequence LIMIT ?';
    return this.#prepared(sql).all(queue, afterSequence, limit).map(taskOf);
  }

  count(queue: string): number {
    return Number(this.#get('SELECT count(*) AS n FROM tasks WHERE queue = ?', queue)?.n);
  }

  /** The task that comes next, of those that are not out. */
  nextDue(queue: string): Task | undefined {
    const sql = 'SELECT * FROM tasks WHERE queue = ? AND in_flight = 0 ORDER BY schedule_ms, sequence LIMIT 1';
    const row = this.#get(sql, queue);
    return row && taskOf(row);
  }

  /** When that task is due: `nextDue` without reading it. */
  nextDueMs(queue: string): number | undefined {
    const sql =
      'SELECT schedule_ms FROM tasks WHERE queue = ? AND in_flight = 0 ORDER BY schedule_ms, sequence LIMIT 1';
    const row = this.#get(sql, queue);
    return row && Number(row.schedule_ms);
  }

  /** Notes that an attempt goes out; answers the task as it now is. */
  begin(task: Task, nowMs: number): Task {
    const begun: Task = {
      ...task,
      dispatchCount: task.dispatchCount + 1,
      firstAttemptMs: task.firstAttemptMs ?? nowMs,
      last: { ...task.last, scheduleMs: task.scheduleMs, dispatchMs: nowMs },
    };
    this.#run(
      'UPDATE tasks SET in_flight = 1, dispatch_count = ?, first_attempt_ms = ?, last_attempt = ? WHERE sequence = ?',
      begun.dispatchCount,
      begun.firstAttemptMs ?? null,
      JSON.stringify(begun.last),
      task.sequence,
    );
    return begun;
  }

  /** Puts a task whose attempt failed back into the queue. */
  reschedule(task: Task, { status, reason }: AttemptResult, times: { nowMs: number; atMs: number }): void {
    const { scheduleMs, dispatchMs } = task.last ?? { scheduleMs: task.scheduleMs, dispatchMs: times.nowMs };
    const answer = status === undefined ? {} : { responseMs: times.nowMs, status };
    const last: LastAttempt = { scheduleMs, dispatchMs, ...answer, reason };
    this.#run(
      'UPDATE tasks SET in_flight = 0, schedule_ms = ?, response_count = ?, last_attempt = ? WHERE sequence = ?',
      times.atMs,
      task.responseCount + (status === undefined ? 0 : 1),
      JSON.stringify(last),
      task.sequence,
    );
  }

  /** Removes a task; says whether it was there. Its id stays refused for USED_ID_MS. */
  remove(queue: string, id: string, nowMs: number): boolean {
    const { changes } = this.#run('DELETE FROM tasks WHERE queue = ? AND id = ?', queue, id);
    if (changes === 0) return false;
    this.#run('INSERT OR REPLACE INTO used_ids VALUES (?, ?, ?)', queue, id, nowMs + USED_ID_MS);
    return true;
  }

  /** Removes every task of a queue. */
  purge(queue: string, nowMs: number): void {
    this.#run(
      'INSERT OR REPLACE INTO used_ids SELECT queue, id, ? FROM tasks WHERE queue = ?',
      nowMs + USED_ID_MS,
      queue,
    );
    this.#run('DELETE FROM tasks WHERE queue = ?', queue);
    this.#run(
      'INSERT INTO queues (name, purged_ms) VALUES (?, ?) ON CONFLICT DO UPDATE SET purged_ms = excluded.purged_ms',
      queue,
      nowMs,
    );
  }

  setPaused(queue: string, paused: boolean): void {
    const sql = 'INSERT INTO queues (name, paused) VALUES (?, ?) ON CONFLICT DO UPDATE SET paused = excluded.paused';
    this.#run(sql, queue, paused ? 1 : 0);
  }

  queueState(queue: string): QueueState {
    const row = this.#get('SELECT * FROM queues WHERE name = ?', queue);
    const purgedMs = row?.purged_ms == null ? undefined : Number(row.purged_ms);
    return { paused: row?.paused === 1, purgedMs };
  }

  setDuplicate(duplicate: boolean): void {
    const sql = 'INSERT INTO chaos VALUES (1, ?) ON CONFLICT DO UPDATE SET duplicate = excluded.duplicate';
    this.#run(sql, duplicate ? 1 : 0);
  }

  /** Whether attempts are to reach their functions twice, as it was last set. */
  duplicate(): boolean {
    return this.#get('SELECT duplicate FROM chaos')?.duplicate === 1;
  }

  #prepared(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (!statement) {
      statement = this.#db.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  #get(sql: string, ...values: (string | number | null)[]): Row | undefined {
    return this.#prepared(sql).get(...values);
  }

  #run(sql: string, ...values: (string | number | null)[]): { changes: number | bigint } {
    return this.#prepared(sql).run(...values);
  }
}

function taskOf(row: Row): Task {
  const last: LastAttempt | undefined = row.last_attempt == null ? undefined : JSON.parse(String(row.last_attempt));
  return {
    sequence: Number(row.sequence),
    queue: String(row.queue),
    id: String(row.id),
    createdMs: Number(row.created_ms),
    scheduleMs: Number(row.schedule_ms),
    deadlineMs: Number(row.deadline_ms),
    request: JSON.parse(String(row.request)),
    dispatchCount: Number(row.dispatch_count),
    responseCount: Number(row.response_count),
    firstAttemptMs: row.first_attempt_ms == null ? undefined : Number(row.first_attempt_ms),
    last,
  };
}

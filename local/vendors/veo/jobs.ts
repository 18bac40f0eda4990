import type { DatabaseSync } from 'node:sqlite';
import type { VeoRequest } from './request.ts';
import type { Fault, Outcome } from './script-rule.ts';

/** How a job ended, as its operation tells it. */
export type JobResult =
  | { kind: 'response'; videoUris?: string[]; inlineVideos?: number; filteredReasons?: string[] }
  | { kind: 'error'; code: number; message: string };

/** One accepted request: from here on Vertex renders and bills it, whether or not anybody polls. */
export interface Job extends VeoRequest {
  /** Order of acceptance, from 1. */
  seq: number;
  /** `projects/P/locations/L/publishers/google/models/M/operations/ID` */
  operation: string;
  model: string;
  submittedAtMs: number;
  /** Undefined when it never ends. */
  endsAtMs?: number;
  /** Decided when it was accepted. */
  outcome: Outcome;
  error?: { code?: number; message?: string };
  pollFaults: Fault[];
  operationVanishes: boolean;
  /** Name of the folder that Vertex makes below `storageUri`. */
  outputFolder: string;
  polls: number;
  result?: JobResult;
}

export type JobState = 'running' | Exclude<Outcome, 'never'>;

/** `running` until the result is there. */
export function jobState(job: Job): JobState {
  if (!job.result || job.outcome === 'never') return 'running';
  return job.result.kind === 'error' ? 'error' : job.outcome;
}

/** Every accepted job, in SQLite: none is ever forgotten. */
export class Jobs {
  readonly #db: DatabaseSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
    db.exec(`CREATE TABLE IF NOT EXISTS jobs (
      seq INTEGER PRIMARY KEY, operation TEXT UNIQUE, submittedAtMs INTEGER, open INTEGER, job TEXT
    ) STRICT; CREATE INDEX IF NOT EXISTS jobs_open ON jobs (open, seq)`);
  }

  count(): number {
    return Number(this.#db.prepare('SELECT count(*) AS jobs FROM jobs').get()?.jobs);
  }

  countSince(sinceMs: number): number {
    const row = this.#db.prepare('SELECT count(*) AS jobs FROM jobs WHERE submittedAtMs > ?').get(sinceMs);
    return Number(row?.jobs);
  }

  /** Stores a job, or its new state. */
  save(job: Job): void {
    this.#db
      .prepare('INSERT OR REPLACE INTO jobs (seq, operation, submittedAtMs, open, job) VALUES (?, ?, ?, ?, ?)')
      .run(job.seq, job.operation, job.submittedAtMs, job.result ? 0 : 1, JSON.stringify(job));
  }

  find(operation: string): Job | undefined {
    const row = this.#db.prepare('SELECT job FROM jobs WHERE operation = ?').get(operation);
    return row === undefined ? undefined : JSON.parse(String(row.job));
  }

  /** Jobs whose render has not ended. */
  open(): Job[] {
    const rows = this.#db.prepare('SELECT job FROM jobs WHERE open = 1 ORDER BY seq').all();
    return rows.map(({ job }) => JSON.parse(String(job)));
  }

  /** Up to `limit` jobs accepted after the one numbered `afterSeq`, oldest first. */
  list(afterSeq: number, limit: number): Job[] {
    const rows = this.#db.prepare('SELECT job FROM jobs WHERE seq > ? ORDER BY seq LIMIT ?').all(afterSeq, limit);
    return rows.map(({ job }) => JSON.parse(String(job)));
  }
}

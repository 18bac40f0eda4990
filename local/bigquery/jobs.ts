import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api';
import type { MovableClock } from '../clock.ts';
import type { Database } from './database.ts';
import { BigQueryError, duplicate, type ErrorProto, notFound } from './errors.ts';
import type { Faults } from './faults.ts';
import { allResources, putResource } from './resources.ts';
import type { Column } from './sql/scope.ts';

/** A job. Load jobs are stored; the latest queries are in memory only, with their rows. */
export interface Job {
  jobId: string;
  kind: 'load' | 'query';
  configuration: Record<string, unknown>;
  state: 'PENDING' | 'RUNNING' | 'DONE';
  errorResult?: ErrorProto;
  createdMs: number;
  startedMs?: number;
  endedMs?: number;
  /** What the job did, as the API shows it under `statistics.load` or `statistics.query`. */
  statistics: Record<string, unknown>;
  totalBytesProcessed: number;
}

/** What a query answered. */
export interface QueryAnswer {
  columns: Column[];
  rows: DuckDBValue[][];
}

/** The part of a job that does the work: changes `job.statistics`, throws BigQueryError when the job is to fail. */
export type JobWork = (job: Job) => Promise<QueryAnswer | undefined>;

/** Query jobs remembered, with their rows; the oldest go first. */
const MAX_QUERIES = 50;

/** The jobs there are. A load job's id is good once, for ever; a query's as long as the query is remembered. */
export class Jobs {
  readonly #database: Database;
  readonly #clock: MovableClock;
  readonly #faults: Faults;
  readonly #jobs: Map<string, Job>;
  readonly #running = new Map<string, Promise<void>>();
  readonly #answers = new Map<string, QueryAnswer>();
  readonly #queries: string[] = [];

  private constructor(database: Database, clock: MovableClock, faults: Faults, jobs: Map<string, Job>) {
    this.#database = database;
    this.#clock = clock;
    this.#faults = faults;
    this.#jobs = jobs;
  }

  /** Jobs that the end of the process cut off are DONE with an error: their transaction was rolled back. */
  static async open(database: Database, clock: MovableClock, faults: Faults): Promise<Jobs> {
    const jobs = new Jobs(database, clock, faults, await allResources<Job>(database, 'job'));
    for (const job of jobs.#jobs.values()) {
      if (job.state !== 'DONE')
        await jobs.#end(
          job,
          new BigQueryError(503, 'backendError', 'The job was interrupted. Retrying it may solve the problem.'),
        );
    }
    return jobs;
  }

  /** Throws BigQueryError 404. */
  get(jobId: string): Job {
    const job = this.#jobs.get(jobId);
    if (!job) throw notFound(`Job ${jobId}`);
    return job;
  }

  /** Throws BigQueryError 404 when the job has no rows here (any more). */
  answer(jobId: string): QueryAnswer {
    const answer = this.#answers.get(jobId);
    if (!answer) throw notFound(`Results of job ${jobId}`);
    return answer;
  }

  /** Throws BigQueryError 409 when `jobId` was used before. */
  requireUnused(jobId: string): void {
    if (this.#jobs.has(jobId)) throw duplicate(`Job ${jobId}`);
  }

  /** Accepts a job and starts it. Throws BigQueryError 409 when its id was used before. */
  async start(fresh: Pick<Job, 'jobId' | 'kind' | 'configuration'>, work: JobWork): Promise<Job> {
    this.requireUnused(fresh.jobId);
    const job: Job = {
      ...fresh,
      state: 'PENDING',
      createdMs: this.#clock.now(),
      statistics: {},
      totalBytesProcessed: 0,
    };
    this.#jobs.set(job.jobId, job);
    if (job.kind === 'load') await this.#database.write((connection) => this.putJob(connection, job));
    const done = this.#run(job, work).finally(() => this.#running.delete(job.jobId));
    this.#running.set(job.jobId, done);
    return job;
  }

  /** Resolves when the job is DONE, or after `timeoutMs` of real time. */
  async settled(jobId: string, timeoutMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, timeoutMs);
    });
    await Promise.race([this.#running.get(jobId), late]);
    clearTimeout(timer);
  }

  /** Stores a job in a write, so that it is DONE in the very commit that brings its rows. */
  putJob(connection: DuckDBConnection, job: Job): Promise<void> {
    return putResource(connection, 'job', job.jobId, job);
  }

  async #run(job: Job, work: JobWork): Promise<void> {
    try {
      const { slowMs } = this.#faults.settings;
      if (slowMs > 0) {
        await new Promise<void>((resolve) => this.#clock.setTimer(this.#clock.now() + slowMs, resolve));
      }
      Object.assign(job, { state: 'RUNNING', startedMs: this.#clock.now() });
      const answer = await work(job);
      if (answer) this.#answers.set(job.jobId, answer);
      if (job.kind === 'query') Object.assign(job, { state: 'DONE', endedMs: this.#clock.now() });
    } catch (error) {
      await this.#end(job, asBigQueryError(error));
    }
    if (job.kind === 'query') this.#rememberQuery(job.jobId);
  }

  #rememberQuery(jobId: string): void {
    this.#queries.push(jobId);
    for (const forgotten of this.#queries.splice(0, this.#queries.length - MAX_QUERIES)) {
      this.#jobs.delete(forgotten);
      this.#answers.delete(forgotten);
    }
  }

  async #end(job: Job, error: BigQueryError): Promise<void> {
    Object.assign(job, { state: 'DONE', endedMs: this.#clock.now(), errorResult: error.toProto() });
    if (job.kind === 'query') return;
    // Whoever asks gets the failed job from memory; the next start finds it unfinished, which says the same.
    await this.#database.write((connection) => this.putJob(connection, job)).catch(() => undefined);
  }
}

function asBigQueryError(error: unknown): BigQueryError {
  return error instanceof BigQueryError ? error : new BigQueryError(503, 'backendError', String(error));
}

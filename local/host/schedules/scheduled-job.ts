import type { MovableClock } from '../../clock.ts';
import type { Activity } from '../clock/activity.ts';
import type { Agenda } from '../clock/timeline.ts';
import type { ScheduleFunction } from '../functions/hosted-function.ts';
import type { HttpClient } from '../http-client.ts';
import { platformToken } from '../platform-token.ts';
import { nextAttemptMs } from '../tasks/backoff.ts';
import { type NextRun, nextRunOf } from './next-run.ts';

export interface JobDeps {
  fn: ScheduleFunction;
  /** Where the function listens. */
  url: string;
  clock: MovableClock;
  activity: Activity;
  http: HttpClient;
  /** Called when what is due next may have changed. */
  changed: () => void;
  warn: (message: string) => void;
}

interface Retry {
  scheduledMs: number;
  firstAttemptMs: number;
  attempts: number;
  atMs: number;
}

/**
 * One Cloud Scheduler job. Two of its runs never overlap: a run that falls due meanwhile waits for the other to end,
 * and those due after it are dropped (google.cloud.scheduler.v1.Job.schedule). A retry gives way to the next run.
 */
export class ScheduledJob implements Agenda {
  readonly name: string;
  #deps: JobDeps;
  #nextRun: NextRun;
  #nextMs: number;
  #retry: Retry | undefined;
  #out = false;
  #stopped = false;

  /** Throws RangeError when the schedule cannot be read. */
  constructor(deps: JobDeps) {
    this.#deps = deps;
    this.name = deps.fn.name;
    this.#nextRun = nextRunOf(deps.fn.schedule, deps.fn.timeZone);
    this.#nextMs = this.#nextRun(deps.clock.now());
  }

  get running(): boolean {
    return this.#out;
  }

  nextDueMs(): number | undefined {
    if (this.#out || this.#stopped) return undefined;
    return Math.min(this.#nextMs, this.#retry?.atMs ?? Number.POSITIVE_INFINITY);
  }

  runDue(): void {
    const nowMs = this.#deps.clock.now();
    const dueMs = this.nextDueMs();
    if (dueMs === undefined || dueMs > nowMs) return;
    const retry = this.#retry;
    this.#retry = undefined;
    if (this.#nextMs <= nowMs) {
      const scheduledMs = this.#nextMs;
      this.#nextMs = this.#nextRun(nowMs);
      this.#start({ scheduledMs, firstAttemptMs: nowMs, attempts: 0 });
    } else if (retry) {
      this.#start(retry);
    }
  }

  /** Runs once, now, whatever the schedule says; answers the HTTP status. Throws when a run is out. */
  async runNow(): Promise<number> {
    if (this.#out) throw new Error(`${this.name} is running`);
    this.#out = true;
    const run = this.#send(this.#deps.clock.now());
    const ended = run.then(() => this.#ended());
    this.#deps.activity.track('schedules', ended);
    await ended;
    return run;
  }

  stop(): void {
    this.#stopped = true;
  }

  #start(run: Omit<Retry, 'atMs'>): void {
    this.#out = true;
    this.#deps.activity.track('schedules', this.#run(run));
  }

  async #run({ scheduledMs, firstAttemptMs, attempts: before }: Omit<Retry, 'atMs'>): Promise<void> {
    const status = await this.#send(scheduledMs);
    if (status >= 300 && !this.#stopped) {
      const attempts = before + 1;
      const { clock, fn, warn } = this.#deps;
      const atMs = nextAttemptMs(fn.retry, { attempts, firstAttemptMs, nowMs: clock.now() });
      if (atMs !== undefined && atMs < this.#nextMs) this.#retry = { scheduledMs, firstAttemptMs, attempts, atMs };
      else warn(`schedule ${this.name} failed with ${status} after ${attempts} attempts`);
    }
    this.#ended();
  }

  #ended(): void {
    this.#out = false;
    if (!this.#stopped) this.#deps.changed();
  }

  /** Answers the HTTP status, 503 when the function could not be reached. */
  async #send(scheduledMs: number): Promise<number> {
    const { fn, url, clock, http } = this.#deps;
    const headers = {
      'user-agent': 'Google-Cloud-Scheduler',
      authorization: `Bearer ${platformToken(url, 'scheduler@localhost', clock.now())}`,
      'x-cloudscheduler': 'true',
      'x-cloudscheduler-jobname': `firebase-schedule-${fn.name}-${fn.regions[0]}`,
      'x-cloudscheduler-scheduletime': new Date(scheduledMs).toISOString(),
    };
    try {
      return (await http.send(url, { method: 'POST', headers })).status;
    } catch (error) {
      this.#deps.warn(`schedule ${this.name}: ${error instanceof Error ? error.message : error}`);
      return 503;
    }
  }
}

import type { MovableClock } from '../../clock.ts';
import type { Activity } from '../clock/activity.ts';
import type { Agenda } from '../clock/timeline.ts';
import { nextAttemptMs, type RetryConfig } from './backoff.ts';
import type { TaskStore } from './store.ts';
import { type AttemptResult, succeeded, type Task } from './task.ts';
import { type RateLimits, TokenBucket } from './token-bucket.ts';

/** Makes delivery as unkind as production may be. */
export interface TaskChaos {
  /** Every attempt reaches the function twice. */
  duplicate: boolean;
}

export interface QueueDeps {
  /** Full name, `projects/P/locations/L/queues/Q`. */
  name: string;
  retry: RetryConfig;
  rateLimits: RateLimits;
  store: TaskStore;
  clock: MovableClock;
  activity: Activity;
  chaos: TaskChaos;
  /** Makes one attempt. Must not reject. */
  attempt: (task: Task) => Promise<AttemptResult>;
  /** Called when what is due next may have changed. */
  changed: () => void;
  warn: (message: string) => void;
}

/** One Cloud Tasks queue: sends what is due, as fast as its limits allow, and again when it fails. */
export class TaskQueue implements Agenda {
  readonly name: string;
  readonly retry: RetryConfig;
  readonly rateLimits: RateLimits;
  #deps: QueueDeps;
  #bucket: TokenBucket;
  #out = 0;
  #paused: boolean;
  #stopped = false;

  constructor(deps: QueueDeps) {
    this.#deps = deps;
    this.name = deps.name;
    this.retry = deps.retry;
    this.rateLimits = deps.rateLimits;
    this.#bucket = new TokenBucket(deps.rateLimits);
    this.#paused = deps.store.queueState(deps.name).paused;
  }

  /** Attempts that are out. */
  get inFlight(): number {
    return this.#out;
  }

  get paused(): boolean {
    return this.#paused;
  }

  setPaused(paused: boolean): void {
    this.#deps.store.setPaused(this.name, paused);
    this.#paused = paused;
    this.#deps.changed();
  }

  /** Starts nothing any more; attempts that are out stay in the store, and are due when it is opened again. */
  stop(): void {
    this.#stopped = true;
  }

  nextDueMs(): number | undefined {
    if (this.#stopped || this.#paused || this.#out >= this.rateLimits.maxConcurrentDispatches) return undefined;
    const dueMs = this.#deps.store.nextDueMs(this.name);
    return dueMs === undefined ? undefined : Math.max(dueMs, this.#bucket.availableAtMs(this.#deps.clock.now()));
  }

  runDue(): void {
    const { clock, store, activity } = this.#deps;
    for (;;) {
      const nowMs = clock.now();
      const dueMs = this.nextDueMs();
      if (dueMs === undefined || dueMs > nowMs) return;
      const task = store.nextDue(this.name);
      if (!task || !this.#bucket.take(nowMs)) return;
      this.#out++;
      activity.track('tasks', this.#run(store.begin(task, nowMs)));
    }
  }

  async #run(task: Task): Promise<void> {
    const result = await this.#deliver(task);
    this.#out--;
    if (this.#stopped) return;
    this.#finish(task, result);
    this.#deps.changed();
  }

  #finish(task: Task, result: AttemptResult): void {
    const { store, clock, warn } = this.#deps;
    const nowMs = clock.now();
    if (succeeded(result)) {
      store.remove(this.name, task.id, nowMs);
      return;
    }
    const { dispatchCount: attempts, firstAttemptMs = nowMs } = task;
    const atMs = nextAttemptMs(this.retry, { attempts, firstAttemptMs, nowMs });
    if (atMs !== undefined) store.reschedule(task, result, { nowMs, atMs });
    else if (store.remove(this.name, task.id, nowMs)) {
      warn(`task ${task.id} of ${this.name} given up after ${attempts} attempts: ${result.reason}`);
    }
  }

  /** The second delivery of a duplicate begins with the first one for every other task, and after it for the rest. */
  async #deliver(task: Task): Promise<AttemptResult> {
    const { attempt, chaos } = this.#deps;
    if (!chaos.duplicate) return attempt(task);
    const together = task.sequence % 2 === 0;
    const first = attempt(task);
    if (!together) await first;
    await attempt(task);
    return first;
  }
}

import type { MovableClock } from '../../clock.ts';
import type { Activity } from '../clock/activity.ts';
import type { Agenda } from '../clock/timeline.ts';
import type { TaskFunction } from '../functions/hosted-function.ts';
import { GoogleError } from '../google-error.ts';
import type { HttpClient } from '../http-client.ts';
import { attemptTask } from './attempt.ts';
import { type TaskChaos, TaskQueue } from './queue.ts';
import { TaskStore } from './store.ts';
import type { Task } from './task.ts';

export interface QueuesDeps {
  projectId: string;
  functions: readonly TaskFunction[];
  /** `:memory:` or a file. */
  storePath: string;
  clock: MovableClock;
  activity: Activity;
  http: HttpClient;
  /** This host, such as `http://127.0.0.1:5001`. */
  hostUrl: string;
  changed: () => void;
  warn: (message: string) => void;
}

/** Every task queue of the project: one for each task function and region. */
export class TaskQueues implements Agenda {
  readonly store: TaskStore;
  readonly chaos: TaskChaos;
  #queues = new Map<string, TaskQueue>();
  #projectId: string;
  #hostUrl: string;

  constructor(deps: QueuesDeps) {
    const { projectId, clock, activity, http, hostUrl, changed, warn } = deps;
    this.store = new TaskStore(deps.storePath);
    this.chaos = { duplicate: this.store.duplicate() };
    this.#projectId = projectId;
    this.#hostUrl = hostUrl;
    const urlOf = (task: Task) => this.#urlOf(task);
    const attempt = (task: Task) => attemptTask(task, { http, urlOf, nowMs: clock.now() });
    const { store, chaos } = this;
    for (const { name: id, regions, retry, rateLimits } of deps.functions) {
      for (const region of regions) {
        const name = `projects/${projectId}/locations/${region}/queues/${id}`;
        const shared = { store, clock, activity, chaos, attempt, changed, warn };
        this.#queues.set(name, new TaskQueue({ name, retry, rateLimits, ...shared }));
      }
    }
  }

  all(): TaskQueue[] {
    return [...this.#queues.values()];
  }

  /** The queue of that full name. Throws GoogleError NOT_FOUND. */
  queue(name: string): TaskQueue {
    const queue = this.#queues.get(name);
    if (!queue) throw new GoogleError('NOT_FOUND', `Queue does not exist: ${name}`);
    return queue;
  }

  /** From now on, and after a restart: whether every attempt reaches its function twice. */
  setDuplicate(duplicate: boolean): void {
    this.store.setDuplicate(duplicate);
    this.chaos.duplicate = duplicate;
  }

  nextDueMs(): number | undefined {
    let nextMs: number | undefined;
    for (const queue of this.#queues.values()) {
      const dueMs = queue.nextDueMs();
      if (dueMs !== undefined && (nextMs === undefined || dueMs < nextMs)) nextMs = dueMs;
    }
    return nextMs;
  }

  runDue(): void {
    for (const queue of this.#queues.values()) queue.runDue();
  }

  /** True when a task may be sent there: this project's functions, or this machine. */
  reaches(url: string): boolean {
    if (url === '') return true;
    if (!URL.canParse(url)) return false;
    const { hostname, protocol } = new URL(url);
    if (protocol === 'https:') return this.#cloudRegion(hostname) !== undefined;
    return protocol === 'http:' && (hostname === '127.0.0.1' || hostname === 'localhost');
  }

  stop(): void {
    for (const queue of this.#queues.values()) queue.stop();
  }

  close(): void {
    this.store.close();
  }

  #urlOf({ queue, request }: Task): string {
    if (request.url === '') {
      const [, , , region, , name] = queue.split('/');
      return `${this.#hostUrl}/${this.#projectId}/${region}/${name}`;
    }
    const { hostname, pathname, search } = new URL(request.url);
    const region = this.#cloudRegion(hostname);
    return region === undefined ? request.url : `${this.#hostUrl}/${this.#projectId}/${region}${pathname}${search}`;
  }

  #cloudRegion(hostname: string): string | undefined {
    const suffix = `-${this.#projectId}.cloudfunctions.net`;
    return hostname.endsWith(suffix) ? hostname.slice(0, -suffix.length) : undefined;
  }
}

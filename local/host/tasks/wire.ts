import { GoogleError } from '../google-error.ts';
import type { TaskQueue } from './queue.ts';
import type { NewTask, QueueState } from './store.ts';
import type { Task } from './task.ts';
import { burstSize } from './token-bucket.ts';

const DAY_MS = 86_400_000;
/** https://cloud.google.com/tasks/docs/quotas */
export const MAX_SCHEDULE_AHEAD_MS = 30 * DAY_MS;
const MAX_TASK_BYTES = 2 ** 20;
const DEFAULT_DEADLINE_MS = 600_000;
const MIN_DEADLINE_MS = 15_000;
const MAX_DEADLINE_MS = 1_800_000;

const METHODS = ['HTTP_METHOD_UNSPECIFIED', 'POST', 'GET', 'HEAD', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'];

/** google.cloud.tasks.v2.Task in JSON, as far as a caller may set it. Enums may come as numbers. */
interface TaskJson {
  name?: string;
  scheduleTime?: string;
  dispatchDeadline?: string;
  httpRequest?: {
    url?: string;
    httpMethod?: string | number;
    headers?: Record<string, string>;
    body?: string;
    oidcToken?: { serviceAccountEmail?: string };
  };
}

/** Checks a task as Cloud Tasks does. Throws GoogleError INVALID_ARGUMENT. */
export function parseTask(queue: string, json: unknown, nowMs: number): NewTask {
  const { name, scheduleTime, dispatchDeadline, httpRequest } = (json ?? {}) as TaskJson;
  if (typeof httpRequest !== 'object') throw invalid('Task.httpRequest is required: only HTTP tasks are served');
  const { url = '', httpMethod, headers = {}, body = '', oidcToken } = httpRequest;
  const request = {
    url,
    method: methodOf(httpMethod),
    headers,
    bodyBase64: body,
    serviceAccountEmail: oidcToken?.serviceAccountEmail || undefined,
  };
  const bytes = Buffer.byteLength(JSON.stringify({ url, headers })) + Buffer.byteLength(body, 'base64');
  if (bytes > MAX_TASK_BYTES) throw invalid(`Task size too large: ${bytes} bytes, at most ${MAX_TASK_BYTES}`);
  return {
    queue,
    id: name === undefined || name === '' ? undefined : idOf(queue, name),
    createdMs: nowMs,
    scheduleMs: scheduleOf(scheduleTime, nowMs),
    deadlineMs: deadlineOf(dispatchDeadline),
    request,
  };
}

/** google.cloud.tasks.v2.Task in JSON; the body only when `full`. */
export function taskJson(task: Task, { full }: { full: boolean }): object {
  const { request, last } = task;
  return {
    name: `${task.queue}/tasks/${task.id}`,
    httpRequest: {
      url: request.url,
      httpMethod: request.method,
      headers: request.headers,
      ...(full && { body: request.bodyBase64 }),
      ...(request.serviceAccountEmail && { oidcToken: { serviceAccountEmail: request.serviceAccountEmail } }),
    },
    scheduleTime: iso(task.scheduleMs),
    createTime: iso(task.createdMs),
    dispatchDeadline: `${task.deadlineMs / 1000}s`,
    dispatchCount: task.dispatchCount,
    responseCount: task.responseCount,
    ...(task.firstAttemptMs !== undefined && { firstAttempt: { dispatchTime: iso(task.firstAttemptMs) } }),
    ...(last && {
      lastAttempt: {
        scheduleTime: iso(last.scheduleMs),
        dispatchTime: iso(last.dispatchMs),
        ...(last.responseMs !== undefined && { responseTime: iso(last.responseMs) }),
        ...(last.reason !== undefined && { responseStatus: { message: last.reason } }),
      },
    }),
    view: full ? 'FULL' : 'BASIC',
  };
}

/** google.cloud.tasks.v2.Queue in JSON. */
export function queueJson({ name, retry, rateLimits }: TaskQueue, { paused, purgedMs }: QueueState): object {
  return {
    name,
    rateLimits: { ...rateLimits, maxBurstSize: burstSize(rateLimits) },
    retryConfig: {
      maxAttempts: retry.maxAttempts,
      maxRetryDuration: `${retry.maxRetryMs / 1000}s`,
      minBackoff: `${retry.minBackoffMs / 1000}s`,
      maxBackoff: `${retry.maxBackoffMs / 1000}s`,
      maxDoublings: retry.maxDoublings,
    },
    state: paused ? 'PAUSED' : 'RUNNING',
    ...(purgedMs !== undefined && { purgeTime: iso(purgedMs) }),
  };
}

function invalid(message: string): GoogleError {
  return new GoogleError('INVALID_ARGUMENT', message);
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

function idOf(queue: string, name: string): string {
  const prefix = `${queue}/tasks/`;
  const id = name.startsWith(prefix) ? name.slice(prefix.length) : '';
  if (!/^[A-Za-z0-9_-]{1,500}$/.test(id)) {
    throw invalid(`Task.name must be ${prefix}TASK_ID with 1 to 500 of A-Z a-z 0-9 _ -: ${name}`);
  }
  return id;
}

function methodOf(method: string | number = 'POST'): string {
  const known = typeof method === 'number' ? METHODS[method] : METHODS.find((name) => name === method);
  if (known === undefined) throw invalid(`HttpRequest.httpMethod is unknown: ${method}`);
  return known === 'HTTP_METHOD_UNSPECIFIED' ? 'POST' : known;
}

function scheduleOf(scheduleTime: string | undefined, nowMs: number): number {
  if (scheduleTime === undefined) return nowMs;
  const ms = Date.parse(scheduleTime);
  if (Number.isNaN(ms)) throw invalid(`Task.scheduleTime is no timestamp: ${scheduleTime}`);
  if (ms > nowMs + MAX_SCHEDULE_AHEAD_MS) {
    throw invalid(`Task.scheduleTime is too far in the future: ${scheduleTime}, at most 30 days from ${iso(nowMs)}`);
  }
  return Math.max(ms, nowMs);
}

function deadlineOf(deadline: string | undefined): number {
  if (deadline === undefined) return DEFAULT_DEADLINE_MS;
  const ms = Number(/^(\d+(?:\.\d+)?)s$/.exec(deadline)?.[1]) * 1000;
  if (!(ms >= MIN_DEADLINE_MS && ms <= MAX_DEADLINE_MS)) {
    throw invalid(`Task.dispatchDeadline must be between [15s, 30m]: ${deadline}`);
  }
  return ms;
}

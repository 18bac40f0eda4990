import { type HttpClient, RequestTimeout } from '../http-client.ts';
import { platformToken } from '../platform-token.ts';
import type { AttemptResult, Task } from './task.ts';

export interface AttemptDeps {
  http: HttpClient;
  /** Where a task without a URL, or with a URL of this project in the cloud, goes. */
  urlOf: (task: Task) => string;
  nowMs: number;
}

const DEFAULT_ACCOUNT = 'tasks@localhost';

/** Sends a task to its worker once, with the headers of Cloud Tasks. Never rejects. */
export async function attemptTask(task: Task, { http, urlOf, nowMs }: AttemptDeps): Promise<AttemptResult> {
  const { method, bodyBase64, serviceAccountEmail = DEFAULT_ACCOUNT } = task.request;
  const url = urlOf(task);
  const authorization = `Bearer ${platformToken(task.request.url || url, serviceAccountEmail, nowMs)}`;
  const headers = { authorization, ...lowerCased(task.request.headers), ...taskHeaders(task) };
  const body = Buffer.from(bodyBase64, 'base64');
  try {
    const { status } = await http.send(url, { method, headers, body, timeoutMs: task.deadlineMs });
    return { status, reason: `HTTP status code ${status}` };
  } catch (error) {
    if (error instanceof RequestTimeout) return { status: undefined, reason: 'DEADLINE_EXCEEDED' };
    return { status: undefined, reason: `UNAVAILABLE: ${error instanceof Error ? error.message : error}` };
  }
}

/** https://cloud.google.com/tasks/docs/creating-http-target-tasks#handler */
function taskHeaders(task: Task): Record<string, string> {
  const previous = task.dispatchCount > 1 ? task.last : undefined;
  return {
    'user-agent': 'Google-Cloud-Tasks',
    'x-cloudtasks-queuename': task.queue.slice(task.queue.lastIndexOf('/') + 1),
    'x-cloudtasks-taskname': task.id,
    'x-cloudtasks-taskretrycount': String(task.dispatchCount - 1),
    'x-cloudtasks-taskexecutioncount': String(task.responseCount),
    'x-cloudtasks-tasketa': (task.scheduleMs / 1000).toFixed(3),
    ...(previous?.status !== undefined && { 'x-cloudtasks-taskpreviousresponse': String(previous.status) }),
    ...(previous?.reason !== undefined && { 'x-cloudtasks-taskretryreason': previous.reason }),
  };
}

function lowerCased(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

import type { CloudTasksClient } from '@google-cloud/tasks';
import { perApp, projectId } from './app.ts';
import { REGION } from './tasks.ts';

/** The gRPC code. */
const NOT_FOUND = 5;

const cloudTasks = perApp(connect);

/** What a queue holds: `depth` counts at most `DEPTH_LIMIT` tasks. */
export interface QueueState {
  depth: number;
  paused: boolean;
}

/** Tasks counted before "at least that many" is answer enough: one small page of the API. */
export const DEPTH_LIMIT = 100;

/** The state of one queue. Rejects when Cloud Tasks cannot be reached. */
export async function queueState(queue: string): Promise<QueueState> {
  const tasks = await cloudTasks();
  const name = tasks.queuePath(projectId(), REGION, queue);
  const [[{ state }], [waiting]] = await Promise.all([
    tasks.getQueue({ name }),
    tasks.listTasks({ parent: name, pageSize: DEPTH_LIMIT }, { autoPaginate: false }),
  ]);
  return { depth: waiting.length, paused: state === 'PAUSED' };
}

/** A task that waits in its queue. */
export interface QueuedTask {
  dueAt?: Date;
  /** How often it was sent already; a task that worked is not in the queue any more. */
  dispatchCount: number;
}

/** One task by its id; undefined when the queue does not hold it. Rejects when Cloud Tasks cannot be reached. */
export async function findTask(queue: string, id: string): Promise<QueuedTask | undefined> {
  const tasks = await cloudTasks();
  try {
    const [{ scheduleTime, dispatchCount }] = await tasks.getTask({
      name: tasks.taskPath(projectId(), REGION, queue, id),
    });
    const dueAtMs = scheduleTime && Number(scheduleTime.seconds) * 1_000 + (scheduleTime.nanos ?? 0) / 1e6;
    return { dispatchCount: dispatchCount ?? 0, ...(dueAtMs && { dueAt: new Date(dueAtMs) }) };
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === NOT_FOUND) return undefined;
    throw error;
  }
}

async function connect(): Promise<CloudTasksClient> {
  const { v2 } = await import('@google-cloud/tasks');
  const emulator = process.env.CLOUD_TASKS_EMULATOR_HOST;
  if (!emulator) return new v2.CloudTasksClient({ fallback: true });
  const { hostname, port } = new URL(`http://${emulator}`);
  return new v2.CloudTasksClient({ fallback: true, apiEndpoint: hostname, port: Number(port), protocol: 'http' });
}

import { getFunctions } from 'firebase-admin/functions';
import { app } from './app.ts';

/** Where every function and queue lives. */
export const REGION = 'us-central1';

/** One task for a queue of this project. */
export interface Task {
  /** Name of the task function. */
  queue: string;
  /** Names the task: a second one with this id is refused by the queue for an hour or more. */
  id: string;
  data: Record<string, string | number>;
  /** When to run it; undefined: at once. */
  at?: Date | undefined;
}

/** Enqueues a task; one that is there already, or was a short while ago, counts as enqueued. */
export async function enqueue({ queue, id, data, at }: Task): Promise<void> {
  try {
    await getFunctions(app())
      .taskQueue(`locations/${REGION}/functions/${queue}`)
      .enqueue(data, { id, ...(at && { scheduleTime: at }) });
  } catch (error) {
    // The name is taken: the task exists or has run, which is what the caller wanted.
    if (isTaken(error)) return;
    throw error;
  }
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'functions/task-already-exists';
}

import { type PendingTask, POLLS_PER_LEASE, pendingTask, pollTask } from '../../core/generation/schedule.ts';
import { currentAttempt, type Generation } from '../../core/generation/state.ts';
import { logOf } from '../../platform/logs.ts';
import { findTask, type QueuedTask } from '../../platform/queues.ts';
import { QUEUE_OF_STEP, taskId } from './enqueue.ts';

const log = logOf('generation.waiting');

/** The next step of a generation, and what its queue holds for it. */
export interface Waiting {
  step: PendingTask['step'];
  queue: string;
  /** Of the task that is in the queue, or that should be. */
  key: string;
  /** When the step is due; absent: at once. */
  dueAt?: Date;
  /** `unknown`: Cloud Tasks could not be asked. */
  inQueue: 'yes' | 'no' | 'unknown';
  task?: QueuedTask;
}

/** What a generation waits for; undefined once it has ended. */
export async function waitingFor(generation: Generation): Promise<Waiting | undefined> {
  const pending = pendingTask(generation);
  if (!pending) return undefined;
  const queue = QUEUE_OF_STEP[pending.step];
  const waiting = (task: PendingTask, inQueue: Waiting['inQueue'], found?: QueuedTask): Waiting => ({
    ...{ step: task.step, queue, key: task.key, inQueue },
    ...(task.at && { dueAt: task.at }),
    ...(found && { task: found }),
  });
  try {
    for (const task of candidates(generation, pending)) {
      const found = await findTask(queue, taskId(generation, task));
      if (found) return waiting(task, 'yes', found);
    }
    return waiting(pending, 'no');
  } catch (error) {
    // An operator has all the more need of the rest when Cloud Tasks is the trouble.
    log.error('a queue cannot be asked', error, { generationId: generation.id });
    return waiting(pending, 'unknown');
  }
}

/** The pending task, and the polls after it that may have come meanwhile without a write. */
function candidates(generation: Generation, pending: PendingTask): PendingTask[] {
  const attempt = currentAttempt(generation);
  const { progress } = pending;
  if (!attempt || !progress) return [pending];
  return Array.from({ length: POLLS_PER_LEASE + 1 }, (_, later) =>
    pollTask(generation, attempt, { ...progress, nextPoll: progress.nextPoll + later }),
  );
}

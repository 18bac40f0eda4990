import {
  type PendingTask,
  type PollProgress,
  pendingTask,
  pollTask,
  type Step,
} from '../../core/generation/schedule.ts';
import type { Attempt, Generation } from '../../core/generation/state.ts';
import { sha256 } from '../../core/hash.ts';
import { logOf } from '../../platform/logs.ts';
import { enqueue } from '../../platform/tasks.ts';

const log = logOf('generation.enqueue');

/** What a task of a generation carries: which generation, and which step it was made for. */
export interface StepTask {
  generationId: string;
  epoch: number;
  key: string;
  /** Only with a poll. */
  nextPoll?: number;
  polls?: number;
  lastPolledAtMs?: number;
}

/** The task function that does each step. */
export const QUEUE_OF_STEP: Record<Step, string> = {
  dispatch: 'dispatchGeneration',
  poll: 'pollGeneration',
  settle: 'settleGeneration',
};
export const QUEUES = Object.values(QUEUE_OF_STEP);

/** Makes sure that the task for the generation's next step exists. Does nothing for one that has ended. */
export async function enqueuePending(generation: Generation): Promise<void> {
  const task = pendingTask(generation);
  if (task) await enqueueStep(generation, task);
}

/**
 * The same for what a user has just done, which is stored by now: when Cloud Tasks cannot be reached the sweeper makes the
 * task a little later, and the user need not know.
 */
export async function enqueueOrLeave(generation: Generation): Promise<void> {
  try {
    await enqueuePending(generation);
  } catch (error) {
    // Nothing is lost: whatever is overdue is taken over.
    log.error('next step not enqueued', error, { generationId: generation.id });
  }
}

/** The name of a task in its queue: the same for the same step, generation and epoch. */
export function taskId({ id, epoch }: Generation, { key }: PendingTask): string {
  return sha256(id, String(epoch), key);
}

/** Makes sure that this task exists. */
export async function enqueueStep(generation: Generation, task: PendingTask): Promise<void> {
  const { id: generationId, epoch } = generation;
  const { step, at, key, progress } = task;
  const data: StepTask = {
    ...{ generationId, epoch, key },
    ...(progress && { nextPoll: progress.nextPoll, polls: progress.polls }),
    ...(progress?.lastPolledAt && { lastPolledAtMs: progress.lastPolledAt.getTime() }),
  };
  await enqueue({ queue: QUEUE_OF_STEP[step], id: taskId(generation, task), data: { ...data }, at });
}

/**
 * True when the generation waits for exactly the step that this task was made for. A dispatch may be of an earlier epoch: it
 * only waited in a long queue, and opening the attempt is conditional anyway.
 */
export function isDue(task: StepTask, generation: Generation): boolean {
  const pending = pendingTask(generation);
  if (task.key !== pending?.key) return false;
  return task.epoch === generation.epoch || pending.step === 'dispatch';
}

/**
 * How far the polls of the current attempt are by the word of this task, or undefined when the task is not of the attempt
 * and the epoch under way, or the document is further.
 */
export function pollProgressOf(task: StepTask, generation: Generation, attempt: Attempt): PollProgress | undefined {
  const { nextPoll = 0, polls = 0, lastPolledAtMs } = task;
  const progress = { nextPoll, polls, ...(lastPolledAtMs !== undefined && { lastPolledAt: new Date(lastPolledAtMs) }) };
  const polling = pendingTask(generation)?.step === 'poll';
  if (!polling || task.epoch !== generation.epoch || nextPoll < attempt.nextPoll) return undefined;
  return pollTask(generation, attempt, progress).key === task.key ? progress : undefined;
}

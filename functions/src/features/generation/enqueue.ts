import { pendingTask, type Step } from '../../core/generation/schedule.ts';
import type { Generation } from '../../core/generation/state.ts';
import { sha256 } from '../../core/hash.ts';
import { enqueue } from '../../platform/tasks.ts';

/** What a task of a generation carries: which generation, and which step it was made for. */
export interface StepTask {
  generationId: string;
  epoch: number;
  key: string;
}

/** The task function that does each step. */
const QUEUE_OF_STEP: Record<Step, string> = {
  dispatch: 'dispatchGeneration',
  poll: 'pollGeneration',
  settle: 'settleGeneration',
};
export const QUEUES = Object.values(QUEUE_OF_STEP);

/** Makes sure that the task for the generation's next step exists. Does nothing for one that has ended. */
export async function enqueuePending(generation: Generation): Promise<void> {
  const task = pendingTask(generation);
  if (!task) return;
  const { id: generationId, epoch } = generation;
  await enqueue({
    queue: QUEUE_OF_STEP[task.step],
    id: sha256(generationId, String(epoch), task.key),
    data: { generationId, epoch, key: task.key },
    at: task.at,
  });
}

/** True when the generation waits for exactly the step that this task was made for. */
export function isDue(task: StepTask, generation: Generation): boolean {
  return task.epoch === generation.epoch && task.key === pendingTask(generation)?.key;
}

import { z } from 'zod';
import type { Step } from '../../core/generation/schedule.ts';
import { dispatch } from './dispatch.ts';
import type { StepTask } from './enqueue.ts';
import { poll } from './poll.ts';
import { settle } from './settle.ts';

const stepTaskSchema = z.strictObject({
  generationId: z.string().min(1).max(64),
  epoch: z.int().min(1),
  key: z.string().min(1).max(100),
  nextPoll: z.int().min(0).optional(),
  polls: z.int().min(0).optional(),
  lastPolledAtMs: z.int().optional(),
});

const STEPS: Record<Step, (task: StepTask) => Promise<void>> = { dispatch, poll, settle };

/** Does the step that a task asks for. Throws for a payload that is not ours, and for trouble that a retry may cure. */
export async function runStep(step: Step, payload: unknown): Promise<void> {
  // Optional fields are absent, never undefined, in what was sent as JSON.
  await STEPS[step](stepTaskSchema.parse(payload) as StepTask);
}

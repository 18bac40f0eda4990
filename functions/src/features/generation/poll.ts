import { findModel } from '../../core/catalogue/models.ts';
import type { Model } from '../../core/catalogue/schema.ts';
import type { Command } from '../../core/generation/decision.ts';
import type { ErrorCode } from '../../core/generation/outcome.ts';
import { type Attempt, currentAttempt, type Generation } from '../../core/generation/state.ts';
import { attemptFailed, rendered, stillRendering } from '../../core/generation/transitions/render.ts';
import { now } from '../../platform/clock.ts';
import { logOf } from '../../platform/logs.ts';
import { type PollResult, providerFor } from '../../providers/index.ts';
import { apply } from './apply.ts';
import { enqueuePending, isDue, type StepTask } from './enqueue.ts';
import { findGeneration } from './load.ts';
import { foundVideos, watch } from './watch.ts';

const log = logOf('generation.poll');

/** Looks once how a generation's attempt is doing and schedules what follows. */
export async function poll(task: StepTask): Promise<void> {
  const generation = await findGeneration(task.generationId);
  if (!generation) return;
  if (!isDue(task, generation)) return enqueuePending(generation);
  const attempt = currentAttempt(generation);
  const model = findModel(generation.asked.model);
  if (!attempt || !model) throw new Error(`generation ${generation.id} cannot be polled`);
  const command =
    attempt.operation === undefined
      ? await watch(generation, attempt, model)
      : await ask(generation, attempt, attempt.operation, model);
  const applied = await apply(generation.id, command);
  log.info('polled', {
    generationId: generation.id,
    attempt: attempt.number,
    poll: attempt.polls + 1,
    state: applied.generation.state,
  });
}

async function ask(generation: Generation, attempt: Attempt, operation: string, model: Model): Promise<Command> {
  const result = await providerFor(model.api).poll(operation);
  if (result.type === 'done') return rendered(attempt.number, result);
  if (result.type === 'failed') return attemptFailed(attempt.number, result.error, result.blockReasons);
  if (result.type === 'lost') return adoptOrFail(generation, attempt, 'operation_lost');
  const deadlineMs = (attempt.acceptedAt ?? attempt.startedAt).getTime() + model.deadlineMs;
  if (now().getTime() < deadlineMs) return stillRendering(attempt.number, attempt.polls);
  return adoptOrFail(generation, attempt, whyTooLate(result), 'error' in result ? result.error.detail : undefined);
}

/** The provider tells nothing useful, but what it wrote before that is ours. */
async function adoptOrFail(
  generation: Generation,
  attempt: Attempt,
  code: ErrorCode,
  detail?: string,
): Promise<Command> {
  const videos = await foundVideos(attempt, generation.asked.videos);
  if (videos.length > 0) return rendered(attempt.number, { videos, videosBlocked: 0, blockReasons: [] });
  return attemptFailed(attempt.number, { code, ...(detail !== undefined && { detail }) });
}

function whyTooLate(result: Extract<PollResult, { type: 'running' | 'unreadable' }>): ErrorCode {
  return result.type === 'running' ? 'deadline_exceeded' : 'operation_unreadable';
}

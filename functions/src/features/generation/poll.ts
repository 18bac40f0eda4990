import { findModel } from '../../core/catalogue/models.ts';
import type { Model } from '../../core/catalogue/schema.ts';
import type { Command } from '../../core/generation/decision.ts';
import type { ErrorCode } from '../../core/generation/outcome.ts';
import { nextPollAfter, type PollProgress, pollTask } from '../../core/generation/schedule.ts';
import { type Attempt, currentAttempt, type Generation } from '../../core/generation/state.ts';
import { attemptFailed, type Polled, rendered, renewLease } from '../../core/generation/transitions/render.ts';
import { now } from '../../platform/clock.ts';
import { logOf } from '../../platform/logs.ts';
import { type PollResult, providerFor } from '../../providers/index.ts';
import { apply } from './apply.ts';
import { enqueuePending, enqueueStep, pollProgressOf, type StepTask } from './enqueue.ts';
import { findStored, type Stored } from './load.ts';
import { foundVideos, watch } from './watch.ts';

const log = logOf('generation.poll');

/** Looks once how a generation's attempt is doing and schedules what follows. */
export async function poll(task: StepTask): Promise<void> {
  const stored = await findStored(task.generationId);
  if (!stored) return;
  const { generation } = stored;
  const attempt = currentAttempt(generation);
  const progress = attempt && pollProgressOf(task, generation, attempt);
  if (!progress) return enqueuePending(generation);
  const polled = { ...progress, polls: progress.polls + 1 };
  const sight = await look(generation, attempt, polled);
  const state =
    typeof sight === 'function'
      ? (await apply(stored, sight)).generation.state
      : await goOn(stored, attempt, sight === 'busy' ? { ...polled, lastPolledAt: now() } : polled);
  log.info('polled', { generationId: generation.id, attempt: attempt.number, poll: polled.polls, state });
}

/** What a look comes to: a change, or that the provider is busy still, or that it could not be told. */
type Sight = Command | 'busy' | 'unreadable';

async function look(generation: Generation, attempt: Attempt, polled: Polled): Promise<Sight> {
  const model = findModel(generation.asked.model);
  // The job may render on, and be charged: it is looked for like any other that nobody can be asked about.
  if (!model) return adoptOrFail(generation, attempt, polled, 'operation_unreadable', 'no longer in the catalogue');
  if (attempt.operation === undefined) return (await watch(generation, attempt, model, polled)) ?? 'busy';
  return ask(generation, attempt, attempt.operation, model, polled);
}

/** Schedules the next poll; writes the document only when the next poll lies beyond its lease. */
async function goOn(stored: Stored, attempt: Attempt, progress: PollProgress): Promise<string> {
  const { generation } = stored;
  const nextPoll = nextPollAfter(generation, attempt, progress.nextPoll + 1, now());
  const task = pollTask(generation, attempt, { ...progress, nextPoll });
  if (task.at && generation.nextActionAt && task.at <= generation.nextActionAt) await enqueueStep(generation, task);
  else await apply(stored, renewLease(attempt.number, { ...progress, nextPoll }));
  return generation.state;
}

async function ask(
  generation: Generation,
  attempt: Attempt,
  operation: string,
  model: Model,
  polled: Polled,
): Promise<Sight> {
  const result = await providerFor(model.api).poll(operation);
  if (result.type === 'done') return rendered(attempt.number, result, polled);
  if (result.type === 'failed') return attemptFailed(attempt.number, result.error, result.blockReasons, polled);
  if (result.type === 'lost') return adoptOrFail(generation, attempt, polled, 'operation_lost');
  const deadlineMs = (attempt.acceptedAt ?? attempt.startedAt).getTime() + model.deadlineMs;
  if (now().getTime() < deadlineMs) return result.type === 'running' ? 'busy' : 'unreadable';
  return adoptOrFail(
    generation,
    attempt,
    polled,
    whyTooLate(result),
    'error' in result ? result.error.detail : undefined,
  );
}

/** The provider tells nothing useful, but what it wrote before that is ours. */
async function adoptOrFail(
  generation: Generation,
  attempt: Attempt,
  polled: Polled,
  code: ErrorCode,
  detail?: string,
): Promise<Command> {
  const videos = await foundVideos(attempt, generation.asked.videos);
  if (videos.length > 0) return rendered(attempt.number, { videos, videosBlocked: 0, blockReasons: [] }, polled);
  return attemptFailed(attempt.number, { code, ...(detail !== undefined && { detail }) }, [], polled);
}

function whyTooLate(result: Extract<PollResult, { type: 'running' | 'unreadable' }>): ErrorCode {
  return result.type === 'running' ? 'deadline_exceeded' : 'operation_unreadable';
}

import { findModel } from '../../core/catalogue/models.ts';
import type { Command } from '../../core/generation/decision.ts';
import { currentAttempt, type Generation } from '../../core/generation/state.ts';
import { accepted, beginAttempt, submitRefused, submitUncertain } from '../../core/generation/transitions/submit.ts';
import { logOf } from '../../platform/logs.ts';
import { gcsUri } from '../../platform/storage.ts';
import { providerFor, type SubmitResult } from '../../providers/index.ts';
import { apply, transact } from './apply.ts';
import { enqueuePending, isDue, type StepTask } from './enqueue.ts';
import { findGeneration } from './load.ts';
import { renderTimeOf } from './renderTime.ts';

const log = logOf('generation.dispatch');

/** Sends a queued generation to its provider. Only the delivery that opens the attempt submits; any other does not. */
export async function dispatch(task: StepTask): Promise<void> {
  const queued = await findGeneration(task.generationId);
  if (!queued) return;
  if (!isDue(task, queued)) return enqueuePending(queued);
  const number = queued.attempts.length + 1;
  const storageUri = gcsUri(`attempts/${queued.id}/${number}/`);
  const { generation, refusal } = await transact(queued.id, beginAttempt(storageUri));
  if (refusal || generation.state !== 'submitting') return enqueuePending(generation);
  await submit(generation, number);
}

async function submit(generation: Generation, number: number): Promise<void> {
  const model = findModel(generation.asked.model);
  const attempt = currentAttempt(generation);
  if (!model || !attempt) throw new Error(`generation ${generation.id} cannot be submitted`);
  const renderTime = await renderTimeOf(model);
  const result = await providerFor(model.api).submit(generation.asked, attempt.storageUri, labelOf(generation, number));
  const ended = await apply(generation.id, commandFor(result, number, renderTime));
  log.info('submitted', {
    generationId: generation.id,
    attempt: number,
    result: result.type,
    state: ended.generation.state,
    // The detail stays in the document: it is the provider's own text, which may quote the prompt.
    ...('error' in result && { errorCode: result.error.code }),
  });
}

function commandFor(result: SubmitResult, number: number, renderTime: { p50: number; p99: number }): Command {
  switch (result.type) {
    case 'accepted':
      return accepted(number, result.operation, renderTime);
    case 'refused':
      return submitRefused(number, result.error, result.retryAfterMs);
    case 'uncertain':
      return submitUncertain(number, result.error);
  }
}

/** A label at the provider: lower case letters, digits and dashes, 63 characters at most. */
function labelOf(generation: Generation, number: number): string {
  return `${generation.id.toLowerCase()}-${number}`;
}

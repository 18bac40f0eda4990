import { findModel } from '../../core/catalogue/models.ts';
import type { Command } from '../../core/generation/decision.ts';
import type { RenderTime } from '../../core/generation/schedule.ts';
import type { Generation } from '../../core/generation/state.ts';
import { accepted, beginAttempt, submitRefused, submitUncertain } from '../../core/generation/transitions/submit.ts';
import { logOf } from '../../platform/logs.ts';
import { gcsUri } from '../../platform/storage.ts';
import { providerFor, type SubmitResult } from '../../providers/index.ts';
import { apply, transact } from './apply.ts';
import { enqueuePending, isDue, type StepTask } from './enqueue.ts';
import { findStored } from './load.ts';
import { renderTimeOf } from './renderTime.ts';

const log = logOf('generation.dispatch');

/** Stands where no model is known, so that nothing can be accepted either. */
const NOTHING_KNOWN: RenderTime = { p50: 0, p99: 0 };

/** Sends a queued generation to its provider. Only the delivery that opens the attempt submits; any other does not. */
export async function dispatch(task: StepTask): Promise<void> {
  const stored = await findStored(task.generationId);
  if (!stored) return;
  const queued = stored.generation;
  if (!isDue(task, queued)) return enqueuePending(queued);
  const model = findModel(queued.asked.model);
  // Everything that may fail on our side is read before the attempt is opened: afterwards the provider may have the job.
  const renderTime = model && (await renderTimeOf(model));
  const number = queued.attempts.length + 1;
  const storageUri = gcsUri(`attempts/${queued.id}/${number}/`);
  const begun = await transact(stored, beginAttempt(number, storageUri));
  const { generation, refusal } = begun;
  if (refusal || generation.state !== 'submitting') return enqueuePending(generation);
  const result: SubmitResult = model
    ? await providerFor(model.api).submit(generation.asked, storageUri, labelOf(generation, number))
    : { type: 'refused', error: { code: 'model_unavailable', detail: 'no longer in the catalogue' } };
  const ended = await apply(begun, commandFor(result, number, renderTime ?? NOTHING_KNOWN));
  log.info('submitted', {
    generationId: generation.id,
    attempt: number,
    result: result.type,
    state: ended.generation.state,
    // The detail stays in the document: it is the provider's own text, which may quote the prompt.
    ...('error' in result && { errorCode: result.error.code }),
  });
}

function commandFor(result: SubmitResult, number: number, renderTime: RenderTime): Command {
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

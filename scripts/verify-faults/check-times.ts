import { measure } from '../../functions/src/core/generation/measure.ts';
import type { Check } from '../drive/report.ts';
import { checkAll } from './check.ts';
import type { Observed } from './observe.ts';

/** What is measured is true: the provider's own render time lies within the measured one and its uncertainty. */
export function checkTimes({ generations, jobs }: Observed): Check[] {
  const byOperation = new Map(jobs.map((job) => [job.operation, job]));
  const measured = [...generations.values()].flatMap((generation) => {
    const operation = generation.attempts.at(-1)?.operation;
    const job = operation === undefined ? undefined : byOperation.get(operation);
    if (generation.state !== 'succeeded' || !job?.endsAt) return [];
    const { renderMs = 0, renderUncertaintyMs = 0 } = measure(generation);
    const trueMs = Date.parse(job.endsAt) - Date.parse(job.submittedAt);
    return { id: generation.id, trueMs, fromMs: renderMs - renderUncertaintyMs, toMs: renderMs };
  });
  return [
    checkAll(
      'render time true to within its uncertainty',
      measured.length,
      measured.flatMap(({ id, trueMs, fromMs, toMs }) =>
        fromMs <= trueMs && trueMs <= toMs ? [] : `${id} ${trueMs} ms is not in ${fromMs}–${toMs} ms`,
      ),
    ),
  ];
}

import { AppError } from '../../core/errors.ts';
import { changeReported } from '../../core/ingest/change.ts';
import type { ReportedMetrics } from '../../core/ingest/metrics.ts';
import type { GenerationChange } from '../../core/ingest/report.ts';
import { recordEvent, reportedMetrics } from '../../platform/collections.ts';
import { commitUnlessChanged, replace } from '../../platform/firestore.ts';
import { ingestContext } from './context.ts';

const MAX_TRIES = 8;

/**
 * What is told later of a reported generation, with its events, all or nothing; told again it changes nothing. Throws
 * `not_found`, `conflict` for a generation of our own or for what cannot change, `invalid_request` for what contradicts itself.
 */
export async function changeGeneration(id: string, change: GenerationChange): Promise<ReportedMetrics> {
  const context = await ingestContext();
  const ref = reportedMetrics().doc(id);
  for (let tries = 1; tries <= MAX_TRIES; tries++) {
    const snapshot = await ref.get();
    const [stored, version] = [snapshot.data(), snapshot.updateTime];
    if (!stored || !version) throw new AppError('not_found', 'No such generation was reported.');
    if (!stored.reported) throw new AppError('conflict', 'This system made the generation and measures it itself.');
    const changed = changeReported(stored, change, context);
    if (!changed) return stored;
    const { next, events } = changed;
    const isWritten = await commitUnlessChanged((batch) => {
      replace(batch, ref, stored, next, version);
      for (const event of events) recordEvent(batch, event);
    });
    if (isWritten) return next;
  }
  throw new Error(`reported generation ${id} kept changing`);
}

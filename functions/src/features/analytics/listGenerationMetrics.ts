import { type PeriodQuery, periodOf } from '../../core/analytics/period.ts';
import type { GenerationMetrics } from '../../core/generation/measure.ts';
import type { Outcome } from '../../core/generation/outcome.ts';
import type { ReportedMetrics } from '../../core/ingest/metrics.ts';
import { ALL_SHARDS } from '../../core/shard.ts';
import { generationMetrics } from '../../platform/collections.ts';
import { pageByTime } from '../../platform/page.ts';
import { zoneOf } from './context.ts';

/** The measured facts of one generation, of ours or reported. */
export type Measured = { id: string } & (GenerationMetrics | ReportedMetrics);

export interface MetricsQuery {
  model?: string | undefined;
  outcome?: Outcome | undefined;
  from?: string | undefined;
  to?: string | undefined;
  tz: string;
  limit: number;
  cursor?: string | undefined;
}

/** The measured facts of everybody's generations, the latest asked for first. Throws AppError `invalid_request`. */
export async function listGenerationMetrics(
  asked: MetricsQuery,
): Promise<{ generations: Measured[]; nextCursor?: string }> {
  const { model, outcome, limit, cursor } = asked;
  let query = generationMetrics().where('shard', 'in', ALL_SHARDS);
  if (model !== undefined) query = query.where('model', '==', model);
  if (outcome !== undefined) query = query.where('outcome', '==', outcome);
  if (asked.from !== undefined || asked.to !== undefined) {
    const { fromMs, toMs } = periodOf(asked satisfies PeriodQuery, zoneOf(asked.tz), 0);
    query = query.where('requestedAt', '>=', new Date(fromMs)).where('requestedAt', '<', new Date(toMs));
  }
  const { entries, ...next } = await pageByTime(query, 'requestedAt', { limit, cursor });
  return { generations: entries, ...next };
}

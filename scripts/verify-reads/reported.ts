import type { GenerationReport } from '../../functions/src/core/ingest/report.ts';
import type { Happening } from './happening.ts';

const MODELS = [
  { provider: 'google', model: 'veo-3.1-fast-generate-001' },
  { provider: 'google', model: 'veo-3.1-generate-001' },
  { provider: 'kling', model: 'kling-v2' },
  { provider: 'runway', model: 'gen-4' },
  { provider: 'runway', model: 'not counted by name' },
] as const;

/** What another system reports of a generation: with a score where it delivered, and some of them with a rating. */
export function reportOf({ n, uid, kind, style, outcome, chance, ...happening }: Happening): GenerationReport {
  const { queueMs, renderMs, storeMs, videoSec, costUsdMicros } = happening;
  const maker = MODELS[n % MODELS.length] ?? MODELS[0];
  return {
    ...{ source: 'verify-reads', id: String(n), userId: uid, ...maker, kind, style, outcome },
    ...{ requestedAt: happening.requestedAt.toISOString(), endedAt: happening.endedAt.toISOString() },
    ...{ queueMs, renderMs, storeMs, attempts: chance < 0.05 ? 2 : 1 },
    ...(outcome === 'failed' && { errorCode: 'provider_internal' }),
    ...(outcome === 'succeeded' && {
      ...{ videoSec, costUsd: costUsdMicros / 1e6, quality: 0.6 + 0.4 * chance },
      ...(chance < 0.3 && { rating: 1 + Math.floor(chance * 16) }),
    }),
  };
}

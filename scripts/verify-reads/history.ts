import type { EventDraft } from '../../functions/src/core/events/draft.ts';
import { generationEvent } from '../../functions/src/core/events/generation.ts';
import { type GenerationMetrics, measure } from '../../functions/src/core/generation/measure.ts';
import type { Generation } from '../../functions/src/core/generation/state.ts';
import { knownModels } from '../../functions/src/core/ingest/cell.ts';
import { firstEvent } from '../../functions/src/core/ingest/events.ts';
import { metricsOfReport, type ReportedMetrics } from '../../functions/src/core/ingest/metrics.ts';
import { shardOf } from '../../functions/src/core/shard.ts';
import { seededRandom } from '../../local/demo/random.ts';
import { type Happening, happeningOf } from './happening.ts';
import { ownGeneration } from './own.ts';
import { reportOf } from './reported.ts';
import { FROM_MS, KNOWN_MODELS, UNTIL_MS } from './scene.ts';

/** One generation, as the system keeps it. */
export interface Kept {
  /** Only of one that the system made itself. */
  generation?: Generation;
  metrics: ReportedMetrics | (GenerationMetrics & { id: string; shard: number });
  /** What the log tells of it, in order. */
  events: EventDraft[];
}

/** One generation in so many is made here, the others are reported. */
const OWN_ONE_IN = 10;
const SEED = 4;

/** So many generations, evenly over the time of the scene and in its order; the same in every run. */
export function* history(count: number): Generator<Kept> {
  const random = seededRandom(SEED);
  const context = { now: new Date(UNTIL_MS), known: knownModels(KNOWN_MODELS), prices: { markupPercent: 0, own: [] } };
  for (let n = 0; n < count; n++) {
    const endedMs = FROM_MS + Math.floor(((n + 1) / count) * (UNTIL_MS - FROM_MS));
    const happening = happeningOf(n, endedMs, random);
    if (n % OWN_ONE_IN === 0) yield ofOwn(happening);
    else {
      const metrics = metricsOfReport(reportOf(happening), context);
      yield { metrics, events: [firstEvent(metrics)] };
    }
  }
}

function ofOwn(happening: Happening): Kept {
  const generation = ownGeneration(happening);
  const { id, requestedAt } = generation;
  const asked = { ...generation, state: 'queued', seq: 1 } as const;
  return {
    generation,
    metrics: { id, shard: shardOf(id), ...measure(generation) },
    events: [
      generationEvent('generation.requested', asked, requestedAt),
      generationEvent(`generation.${happening.outcome}`, generation, happening.endedAt),
    ],
  };
}

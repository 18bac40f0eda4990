import type { Model } from '../../core/catalogue/schema.ts';
import { OWN_SOURCE } from '../../core/generation/measure.ts';
import { renderTimeByDocument, renderTimeFrom } from '../../core/generation/renderTime.ts';
import type { RenderTime } from '../../core/generation/schedule.ts';
import { ALL_SHARDS } from '../../core/shard.ts';
import { perApp } from '../../platform/app.ts';
import { now } from '../../platform/clock.ts';
import { generationMetrics } from '../../platform/collections.ts';
import { logOf } from '../../platform/logs.ts';

const log = logOf('generation.renderTime');

const SAMPLE = 20;
/** Reading a sample is billed by the document, so an instance does it once an hour for a model. */
const FRESH_MS = 60 * 60_000;

const observations = perApp(() => new Map<string, { renderTime: RenderTime; readAtMs: number }>());

/** How long this model's last successful renders took; what its provider documents until enough were observed. */
export async function renderTimeOf(model: Model): Promise<RenderTime> {
  const nowMs = now().getTime();
  const cached = observations().get(model.id);
  if (cached && nowMs - cached.readAtMs < FRESH_MS) return cached.renderTime;
  const renderTime = (await observedOrNothing(model.id)) ?? renderTimeByDocument(model);
  observations().set(model.id, { renderTime, readAtMs: nowMs });
  return renderTime;
}

async function observedOrNothing(modelId: string): Promise<RenderTime | undefined> {
  try {
    return await observed(modelId);
  } catch (error) {
    // Only an estimate depends on it; its index may still be building after a deployment.
    log.error('render times not read', error, { model: modelId });
    return undefined;
  }
}

async function observed(modelId: string): Promise<RenderTime | undefined> {
  const snapshot = await generationMetrics()
    .where('shard', 'in', ALL_SHARDS)
    .where('source', '==', OWN_SOURCE)
    .where('model', '==', modelId)
    .where('outcome', '==', 'succeeded')
    .orderBy('endedAt', 'desc')
    .limit(SAMPLE)
    .get();
  return renderTimeFrom(
    snapshot.docs.map((doc) => {
      const { renderMs = 0, renderUncertaintyMs = 0 } = doc.data();
      return { renderMs, renderUncertaintyMs };
    }),
  );
}

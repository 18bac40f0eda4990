import type { Actor } from '../../core/actor.ts';
import { type GenerationMetrics, measure } from '../../core/generation/measure.ts';
import { generationMetrics } from '../../platform/collections.ts';
import { assertOwner, loadOwn } from './load.ts';

/** The measured facts of the actor's own generation; of one under way, what is known so far. Throws `not_found`. */
export async function metricsOf(actor: Actor, id: string): Promise<GenerationMetrics> {
  const stored = (await generationMetrics().doc(id).get()).data();
  if (!stored) return measure(await loadOwn(actor, id));
  assertOwner(actor, stored);
  return stored;
}

import { type CleanUpPlan, cleanUpPlan } from '../../core/generation/cleanUp.ts';
import type { Generation } from '../../core/generation/state.ts';
import { VIDEO_RETENTION_DAYS } from '../../params.ts';

const DAY_MS = 86_400_000;

/** What is left to delete of a generation, under the retention that is set. */
export function planOf(generation: Generation): CleanUpPlan {
  const days = VIDEO_RETENTION_DAYS.value();
  return cleanUpPlan(generation, days > 0 ? days * DAY_MS : undefined);
}

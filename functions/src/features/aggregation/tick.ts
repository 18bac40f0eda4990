import { heldState } from '../../platform/rollups.ts';
import { rollupVersions } from '../../platform/rollupVersions.ts';
import { type Aggregated, aggregate } from './aggregate.ts';
import { STEP_LIMITS, type StepLimits } from './limits.ts';
import { recount } from './recount.ts';

/**
 * What is done each minute for every version of the rollups: what is due is counted again, and what has come is folded. A version
 * that cannot go on keeps no other from it; its error is thrown at the end. Answers what was folded into each.
 */
export async function tick(limits: StepLimits = STEP_LIMITS): Promise<Map<number, Aggregated>> {
  const done = new Map<number, Aggregated>();
  const failures: unknown[] = [];
  for (const rollupVersion of rollupVersions()) {
    try {
      const held = await recount(rollupVersion, await heldState(rollupVersion));
      done.set(rollupVersion, await aggregate(rollupVersion, held, limits));
    } catch (error) {
      // Thrown below, when the other version has had its turn.
      failures.push(error);
    }
  }
  if (failures.length > 1) throw new AggregateError(failures, 'no version of the rollups goes on');
  if (failures.length === 1) throw failures[0];
  return done;
}

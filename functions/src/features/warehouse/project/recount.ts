import { now } from '../../../platform/clock.ts';
import { countBetween } from '../../../platform/eventLog.ts';
import { logOf } from '../../../platform/logs.ts';
import { changeProgress, type HeldProgress, type LoadManifest } from '../../../platform/warehouse.ts';
import { type FixedLoad, fixLate } from './fixed.ts';
import type { ProjectionLimits } from './limits.ts';
import { missingOf } from './missing.ts';

const log = logOf('warehouse.recount');

/** How old a load is when its range is counted again. */
const RECOUNT_AFTER_MS = 60 * 60_000;

/**
 * Counts again what was loaded 60 minutes ago. Where the log has more by now (an event may be stamped and seen much later), the
 * events that BigQuery has not are fixed as the next load. Undefined when another run was faster.
 */
export async function recount(held: HeldProgress, limits: ProjectionLimits): Promise<FixedLoad | undefined> {
  const { manifests } = held.progress;
  const settled = new Set<LoadManifest>();
  for (const manifest of manifests.filter(isDue)) {
    const found = await countBetween(manifest.after ?? undefined, manifest.upTo);
    const missing = found === manifest.events ? [] : await missingOf(manifest, limits);
    if (missing.length > 0) {
      tell(manifest, found, missing.length);
      return fixLate(held, manifest, missing);
    }
    settled.add(manifest);
  }
  if (settled.size === 0) return { held };
  const changed = await changeProgress(held, { manifests: manifests.filter((kept) => !settled.has(kept)) });
  return changed && { held: changed };
}

const isDue = ({ loadedAt }: LoadManifest) => now().getTime() - loadedAt.getTime() >= RECOUNT_AFTER_MS;

function tell({ jobId, events }: LoadManifest, found: number, missing: number): void {
  log.warn('the log has events that came after their range was loaded', { jobId, events, found, missing });
}

import type { Draft } from './draft.ts';
import type { Observation } from './observation.ts';
import type { Rule, Severity } from './rule.ts';

const MINUTE_MS = 60_000;

/** Notes since when every observation is critical, or none is. */
export function trackSeverity({ episode, progress }: Draft, seen: Severity | 'ok', { atMs }: Observation): void {
  if (seen === 'critical') {
    progress.criticalSince ??= new Date(atMs);
    delete progress.belowCriticalSince;
  } else {
    delete progress.criticalSince;
    if (episode.severity === 'critical') progress.belowCriticalSince ??= new Date(atMs);
  }
}

/**
 * The severity that has held long enough: a higher one for as long as the rule waits before it fires, a lower one for as long as it
 * keeps firing. `fires`: whether it does already, at the severity of the episode.
 */
export function severityHeld(
  { episode, progress }: Draft,
  { forMin, recover, condition }: Rule,
  seen: Severity,
  { atMs }: Observation,
  fires: boolean,
): Severity {
  const heldMs = (since: Date | undefined) => (since ? atMs - since.getTime() : 0);
  const isCritical = fires && episode.severity === 'critical';
  if (seen === 'critical') {
    const hasWarning = condition.type !== 'absence' && condition.warning !== undefined;
    return isCritical || !hasWarning || heldMs(progress.criticalSince) >= forMin * MINUTE_MS ? 'critical' : 'warning';
  }
  if (!isCritical) return seen;
  return heldMs(progress.belowCriticalSince) >= recover.keepFiringMin * MINUTE_MS ? seen : 'critical';
}

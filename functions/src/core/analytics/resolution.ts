/** What of an error there was in one stretch of time. */
export interface Sighting {
  startMs: number;
  /** Generations that ended with the error. */
  errors: number;
  succeeded: number;
}

/** How long an error went on, each time that it came. */
export interface Resolutions {
  resolved: number;
  open: boolean;
  meanMs: number | null;
  maxMs: number | null;
}

/**
 * The times to resolution of one error: from the start of the first stretch that has it to the start of the next that has
 * successes and none of it. `sightings` are in order of time; between them nothing ended.
 */
export function resolutionsOf(sightings: readonly Sighting[]): Resolutions {
  const times: number[] = [];
  let sinceMs: number | undefined;
  for (const { startMs, errors, succeeded } of sightings) {
    if (errors > 0) sinceMs ??= startMs;
    else if (succeeded > 0 && sinceMs !== undefined) {
      times.push(startMs - sinceMs);
      sinceMs = undefined;
    }
  }
  const resolved = times.length;
  return {
    resolved,
    open: sinceMs !== undefined,
    meanMs: resolved > 0 ? times.reduce((sum, ms) => sum + ms, 0) / resolved : null,
    maxMs: resolved > 0 ? Math.max(...times) : null,
  };
}

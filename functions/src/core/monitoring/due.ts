const MINUTE_MS = 60_000;
/** Runs and the counting begin at the same moment of each minute; so long after its end a minute is counted whichever was first. */
const LAG_MS = 2 * MINUTE_MS;
/** Cloud Monitoring takes no point that ended longer ago than 25 hours. */
const TOO_OLD_MS = 24 * 60 * MINUTE_MS;

/** What was written last, each by the end of its minute; 0: nothing. */
export interface Written {
  /** What happened in a minute. */
  countedMs: number;
  /** How things were. */
  presentMs: number;
}

/** What is to be written now, by the end of its minute; undefined: nothing. */
export type Due = Partial<Written>;

/**
 * What a run has to write at `nowMs`, with the log counted up to `throughMs`: how things are, once a minute, and the latest minute
 * that is counted, if it is not written. What lies between it and what was written last stays unwritten.
 */
export function dueAt(written: Written, throughMs: number, nowMs: number): Due {
  const presentMs = minuteOf(nowMs);
  const countedMs = Math.min(presentMs - LAG_MS, minuteOf(throughMs));
  return {
    ...(presentMs > written.presentMs && { presentMs }),
    ...(countedMs > written.countedMs && countedMs > nowMs - TOO_OLD_MS && { countedMs }),
  };
}

/** How many minutes lie between the one that is due and the last one written; none before the first. */
export function skippedMinutes(written: Written, { countedMs }: Due): number {
  if (countedMs === undefined || written.countedMs === 0) return 0;
  return (countedMs - written.countedMs) / MINUTE_MS - 1;
}

const minuteOf = (ms: number) => Math.floor(ms / MINUTE_MS) * MINUTE_MS;

import { fullCostUsdMicros, mayRenderOn } from './cost.ts';
import { type Attempt, type Generation, isTerminal } from './state.ts';

/** Groups of files that a generation leaves behind: what providers wrote, the request's pictures, the videos themselves. */
export const FILE_GROUPS = ['attempts', 'inputs', 'outputs'] as const;
export type FileGroup = (typeof FILE_GROUPS)[number];

const HOUR_MS = 3_600_000;
/** By then even the slowest provider has written what it will ever write for an attempt that was given up. */
const ORPHANS_DUE_MS = HOUR_MS;
/** The pictures of a request that came to nothing are kept for another try. */
const INPUTS_KEPT_MS = 7 * 24 * HOUR_MS;

/** When each group of files that may be there is to be deleted; a group not named has none, or none to delete. */
export type CleanUpPlan = Partial<Record<FileGroup, Date>>;

/**
 * What is left to delete of a generation that has ended, and when. Videos go `retentionMs` after the end (undefined: never),
 * everything at once when its owner has had it deleted.
 */
export function cleanUpPlan(generation: Generation, retentionMs: number | undefined): CleanUpPlan {
  const { asked, attempts, cleaned = [], deletedAt, endedAt, outputs, state } = generation;
  const plan: CleanUpPlan = {};
  if (!isTerminal(state) || !endedAt) return plan;
  const after = (from: Date, ms: number) => deletedAt ?? new Date(from.getTime() + ms);
  // Orphans that are booked stay due until they are deleted, too.
  const doubtful = attempts.filter((attempt) => isDoubtful(attempt) || attempt.orphans !== undefined);
  const lastDoubtful = doubtful.at(-1);
  if (lastDoubtful) plan.attempts = new Date(lastDoubtful.startedAt.getTime() + ORPHANS_DUE_MS);
  else if (deletedAt || (state !== 'succeeded' && attempts.some(hasRendered))) plan.attempts = after(endedAt, 0);
  if (asked.image || asked.referenceImages) plan.inputs = after(endedAt, state === 'succeeded' ? 0 : INPUTS_KEPT_MS);
  if (outputs.length > 0 && (deletedAt || retentionMs !== undefined)) plan.outputs = after(endedAt, retentionMs ?? 0);
  for (const group of cleaned) delete plan[group];
  return plan;
}

/** When the next clean-up of a generation is due; undefined when nothing is left to delete. */
export function cleanUpDueAt(plan: CleanUpPlan): Date | undefined {
  return Object.values(plan).reduce<Date | undefined>((first, at) => (!first || at < first ? at : first), undefined);
}

/** True for an attempt whose job may have rendered something after it was given up. */
function isDoubtful(attempt: Attempt): boolean {
  const { error, uncertain } = attempt;
  return !hasRendered(attempt) && (uncertain !== undefined || (error !== undefined && mayRenderOn(error.code)));
}

/** What was rendered has a cost, be it nothing. */
const hasRendered = ({ costUsdMicros }: Attempt): boolean => costUsdMicros !== undefined;

/** Videos found in an attempt's place after it had been given up, by the attempt's number. */
export type Orphans = ReadonlyMap<number, number>;

/** The attempts once these orphans are known: what was possible cost is certain now. Unchanged when none is new. */
export function withOrphans(generation: Generation, orphans: Orphans): Attempt[] {
  return generation.attempts.map((attempt) => {
    const videos = orphans.get(attempt.number) ?? 0;
    if (videos === 0 || !isDoubtful(attempt)) return attempt;
    const { possibleCostUsdMicros: _possible, ...rest } = attempt;
    return { ...rest, orphans: videos, costUsdMicros: orphanCost(generation, videos) };
  });
}

/** No provider charges for more videos than were asked for. */
function orphanCost(generation: Generation, videos: number): number {
  return Math.min(videos * generation.costUsdMicrosPerVideo, fullCostUsdMicros(generation));
}

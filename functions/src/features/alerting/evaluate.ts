import { channels } from '../../channels/index.ts';
import type { Rule } from '../../core/alert/rule.ts';
import { now } from '../../platform/clock.ts';
import { commitUnlessChanged } from '../../platform/firestore.ts';
import { logOf } from '../../platform/logs.ts';
import { type AggregationState, aggregationState } from '../../platform/rollups.ts';
import { elapseAll } from './elapse.ts';
import { type Fence, type FenceFields, moveFence, readFence } from './fence.ts';
import { LiveEpisodes } from './liveEpisodes.ts';
import { observeAll } from './observe/index.ts';
import { loadRules, seedDefaults } from './rules.ts';
import { type Round, takeStep } from './takeStep.ts';

const log = logOf('alerting');

const MINUTE_MS = 60_000;
/** With the log counted up to a moment longer ago than this, only rules about the pipeline itself are evaluated. */
const MUTED_AFTER_MS = 3 * MINUTE_MS;

/** What an evaluation did. */
export interface Evaluated {
  rules: number;
  /** Live when it ended. */
  episodes: number;
  changes: number;
  /** True while the counting is too late to say anything of the numbers. */
  muted: boolean;
}

/**
 * Looks at every rule once for each minute of the data, and at what time alone brings. Any number of evaluations may run at the
 * same time, be late, or end half way: what one has done the others find done. Rejects in the end when some rule could not be seen
 * to; the others were.
 */
export async function evaluate(): Promise<Evaluated> {
  const startedAt = now();
  const fence = await seedDefaults(await readFence());
  const [aggregation, rules, live] = await Promise.all([aggregationState(), loadRules(), LiveEpisodes.load()]);
  const round: Round = { fence, live, channels: channels(), changes: 0, failures: [] };
  const enabled = [...rules.values()].filter((rule) => rule.enabled);
  const { pipeline, counted } = momentsOf(aggregation, startedAt);
  const muted = counted === undefined;
  const as = { aggregation, now: startedAt };
  const marks: FenceFields = {};
  const ofPipeline = enabled.filter((rule) => rule.ofPipeline);
  if (await evaluateAt(round, ofPipeline, pipeline, 'pipelineThrough', as)) marks.pipelineThrough = pipeline;
  const ofNumbers = enabled.filter((rule) => !rule.ofPipeline);
  if (counted && (await evaluateAt(round, ofNumbers, counted, 'evaluatedThrough', as)))
    marks.evaluatedThrough = counted;
  await elapseAll(round, rules);
  const done = { rules: enabled.length, episodes: live.all().length, changes: round.changes, muted };
  await noteRound(round.fence, marks, { ...done, at: startedAt, durationMs: now().getTime() - startedAt.getTime() });
  log.info('evaluated', done);
  if (round.failures.length > 0) throw new AggregateError(round.failures, 'not every rule could be evaluated');
  return done;
}

/** The minutes that are evaluated: that of real time for the pipeline's own rules, and the last one that is wholly counted. */
function momentsOf(aggregation: AggregationState | undefined, at: Date): { pipeline: Date; counted: Date | undefined } {
  const pipeline = minuteOf(at);
  const through = aggregation?.through;
  if (!through || at.getTime() - through.getTime() > MUTED_AFTER_MS) return { pipeline, counted: undefined };
  return { pipeline, counted: minuteOf(through) };
}

const minuteOf = (at: Date) => new Date(Math.floor(at.getTime() / MINUTE_MS) * MINUTE_MS);

/** True when all rules saw this minute; false when some could not, it was done before or somebody else went past it. */
async function evaluateAt(
  round: Round,
  rules: readonly Rule[],
  at: Date,
  mark: 'evaluatedThrough' | 'pipelineThrough',
  as: { aggregation: AggregationState | undefined; now: Date },
): Promise<boolean> {
  const isPast = (fence: Fence) => (fence[mark]?.getTime() ?? 0) >= at.getTime();
  if (isPast(round.fence)) return false;
  const before = round.failures.length;
  const observations = await tried(round, () => observeAll(rules, at.getTime(), as));
  for (const rule of rules) {
    const observed = observations?.get(rule.slug);
    if (observed && (await tried(round, () => takeStep(round, rule, observed, at, isPast))) === false) return false;
  }
  return round.failures.length === before;
}

/** Trouble with one rule must not stop the others, nor what time brings; it is kept for the end. */
async function tried<T>(round: Round, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    log.error('could not be evaluated', error);
    round.failures.push(error);
    return undefined;
  }
}

/** Notes what is done. Where somebody else has moved the fence they note it, or it is done again, which changes nothing. */
async function noteRound(fence: Fence, marks: FenceFields, last: FenceFields['last']): Promise<void> {
  if (Object.keys(marks).length === 0) return;
  await commitUnlessChanged((batch) => moveFence(batch, fence, { ...marks, ...(last && { last }) }));
}

import { act } from '../../functions/src/core/alert/act.ts';
import { elapse } from '../../functions/src/core/alert/elapse.ts';
import type { Episode } from '../../functions/src/core/alert/episode.ts';
import { type Rule, ruleSchema } from '../../functions/src/core/alert/rule.ts';
import { step } from '../../functions/src/core/alert/step.ts';
import type { Case, Sample } from './series.ts';

/** What Prometheus calls it. */
export type State = 'inactive' | 'pending' | 'firing';

/** Prometheus takes the latest sample, unless it is older than this. */
const LOOKS_BACK_SEC = 300;

/** The state after each evaluation, as our machine has it. */
export function ourStates(one: Case, intervalSec: number): State[] {
  const rule = ruleOf(one);
  let episode: Episode | undefined;
  return one.samples.map((_, i) => {
    const atMs = i * intervalSec * 1_000;
    const now = new Date(atMs);
    const value = seenAt(one.samples, i, intervalSec);
    const observation = { atMs, fromMs: atMs - 60_000, toMs: atMs, n: value === undefined ? 0 : 1 };
    const change = step(rule, {}, episode, { ...observation, ...(value !== undefined && { value }) }, now);
    if (change) episode = change.episode;
    if (episode?.state === 'firing' && one.acknowledgedAt.has(i)) {
      episode = act(rule, episode, { kind: 'acknowledge', by: { uid: 'somebody' } }, now).episode;
    }
    episode = afterTime(rule, episode, now);
    return stateOf(episode);
  });
}

/** Time brings steps of an escalation, reminders, and the end of an episode that can be opened again. */
function afterTime(rule: Rule, episode: Episode | undefined, now: Date): Episode | undefined {
  let current = episode;
  for (let change = current && elapse(rule, current, now); change; change = current && elapse(rule, current, now)) {
    current = change.episode;
  }
  return current?.live ? current : undefined;
}

function stateOf(episode: Episode | undefined): State {
  switch (episode?.state) {
    case undefined:
      return 'inactive';
    case 'resolved':
      return episode.progress?.holdsSince ? 'pending' : 'inactive';
    case 'pending':
      return 'pending';
    case 'firing':
    case 'acknowledged':
    case 'recovering':
      return 'firing';
  }
}

/** The value that a query at that evaluation finds. */
function seenAt(samples: readonly Sample[], at: number, intervalSec: number): number | undefined {
  for (let i = at; i >= 0 && (at - i) * intervalSec <= LOOKS_BACK_SEC; i--) {
    const sample = samples[i];
    if (sample !== undefined && sample !== 'missing') return sample === 'stale' ? undefined : sample;
  }
  return undefined;
}

function ruleOf({ name, op, bound, forMin, keepFiringMin }: Case): Rule {
  return ruleSchema.parse({
    ...{ slug: name, name, metric: 'queueBacklog', windowMin: 1, forMin },
    condition: { type: 'threshold', op, warning: bound },
    recover: { keepFiringMin },
  });
}

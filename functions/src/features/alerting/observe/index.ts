import { ALERT_METRICS } from '../../../core/alert/metric.ts';
import type { Rule } from '../../../core/alert/rule.ts';
import { logOf } from '../../../platform/logs.ts';
import type { AggregationState } from '../../../platform/rollups.ts';
import type { Observations } from './observed.ts';
import { observeRollups } from './rollups.ts';
import { observeSignals } from './signals.ts';

export type { Observations, Observed } from './observed.ts';

const log = logOf('alerting.observe');

/** What these rules see at a moment of the data; a rule that cannot be observed now is not in it. */
export async function observeAll(
  rules: readonly Rule[],
  atMs: number,
  as: { aggregation: AggregationState | undefined; now: Date },
): Promise<Observations> {
  const ofSignals = rules.filter((rule) => sourceOf(rule) === 'signal');
  const ofRollups = rules.filter((rule) => sourceOf(rule) === 'rollup');
  const [signals, rollups] = await Promise.all([
    observeSignals(ofSignals, atMs, as),
    ofRollups.length > 0 ? observeRollups(ofRollups, atMs) : new Map(),
  ]);
  return new Map([...signals, ...rollups]);
}

/** Where a rule's number is from; undefined for a metric that there is none of, since rules can be put in by hand. */
export function sourceOf({ slug, metric }: Pick<Rule, 'slug' | 'metric'>): 'rollup' | 'signal' | undefined {
  if (Object.hasOwn(ALERT_METRICS, metric)) return ALERT_METRICS[metric]?.source;
  log.error('cannot be observed', new Error(`no metric ${metric}`), { rule: slug });
  return undefined;
}

import type { Rule } from '../../../core/alert/rule.ts';
import { canonicalJson } from '../../../core/hash.ts';
import { logOf } from '../../../platform/logs.ts';
import type { AggregationState } from '../../../platform/rollups.ts';
import { SIGNALS } from '../signals/index.ts';
import type { SignalReading } from '../signals/signal.ts';
import { byGroup, type Observations, type Observed } from './observed.ts';
import { windowAt } from './query.ts';

const log = logOf('alerting.observe');

/** What these rules see of their signals. Rules that ask the same are answered once; a signal that fails says nothing this time. */
export async function observeSignals(
  rules: readonly Rule[],
  atMs: number,
  { aggregation, now }: { aggregation: AggregationState | undefined; now: Date },
): Promise<Observations> {
  const asked = new Map<string, Promise<SignalReading[] | undefined>>();
  const observations: Observations = new Map();
  for (const rule of rules) {
    const { metric, windowMin, condition } = rule;
    const key = canonicalJson({ metric, windowMin, against: 'against' in condition ? condition.against : '' });
    const signal = Object.hasOwn(SIGNALS, metric) ? SIGNALS[metric] : undefined;
    if (signal && !asked.has(key)) {
      const answer = signal({ rule, ...windowAt(rule, atMs), aggregation, now }).catch((error: unknown) => {
        // One signal that cannot be had must not stop the other rules; its episodes stay as they are.
        log.error('a signal failed', error, { metric });
        return undefined;
      });
      asked.set(key, answer);
    }
    const readings = await asked.get(key);
    if (readings) observations.set(rule.slug, byGroup(readings.filter(meets(rule)).map(observedAt(rule, atMs))));
  }
  return observations;
}

/** Filters narrow the groups that say what they are filtered by. */
const meets =
  ({ filters }: Rule) =>
  ({ group }: SignalReading) =>
    Object.entries(filters).every(
      ([dimension, wanted]) => !(dimension in group) || group[dimension as keyof typeof group] === wanted,
    );

const observedAt =
  (rule: Rule, atMs: number) =>
  ({ group, ...reading }: SignalReading): Observed => ({
    group,
    observation: { ...windowAt(rule, atMs), ...reading, atMs },
  });

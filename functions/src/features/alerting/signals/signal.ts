import type { Group, Observation } from '../../../core/alert/observation.ts';
import type { Rule } from '../../../core/alert/rule.ts';
import type { AggregationState } from '../../../platform/rollups.ts';

/** What a signal is asked for. */
export interface SignalQuestion {
  rule: Rule;
  /** The window of the rule. */
  fromMs: number;
  toMs: number;
  /** Where aggregation is. */
  aggregation: AggregationState | undefined;
  now: Date;
}

/** What a signal says of one group; the window is the rule's unless it names another. */
export interface SignalReading extends Pick<Observation, 'value' | 'n' | 'before'> {
  group: Group;
  fromMs?: number;
  toMs?: number;
}

/** A number that is not in the rollups. Bounded in what it reads; rejects where it cannot be had, which says nothing of the rule. */
export type Signal = (question: SignalQuestion) => Promise<SignalReading[]>;

/** A signal that has but one group. */
export function one(value: number | undefined, n: number): SignalReading[] {
  return [{ group: {}, n, ...(value !== undefined && { value }) }];
}

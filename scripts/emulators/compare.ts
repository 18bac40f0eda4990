import { isDeepStrictEqual } from 'node:util';
import type { Outcome, Step } from './step.ts';

/** One step here and there. */
export interface Row {
  step: string;
  ours: string;
  official: string;
  expected: string;
  /** The same in both, and as expected. */
  equal: boolean;
}

/** Holds the outcomes of two runs against each other and against what is expected. */
export function compare(steps: readonly Step[], ours: readonly Outcome[], official: readonly Outcome[]): Row[] {
  return steps.map(({ name, expected }) => {
    const [here, there] = [ours, official].map((outcomes) => outcomes.find(({ step }) => step === name));
    const equal = [here, there].every(
      (outcome) => outcome !== undefined && 'seen' in outcome && isDeepStrictEqual(outcome.seen, expected),
    );
    return { step: name, ours: shown(here), official: shown(there), expected: JSON.stringify(expected), equal };
  });
}

function shown(outcome: Outcome | undefined): string {
  if (!outcome) return 'not reached';
  return 'seen' in outcome ? JSON.stringify(outcome.seen) : `error: ${outcome.error}`;
}

import type { BehaviourParts } from '../../core/insights/behaviour.ts';
import type { InsightQuery } from '../../core/insights/period.ts';
import { headOf, headOfPeriod, periodsOf } from './businessView.ts';
import { readInsights } from './read.ts';
import type { InsightState } from './state.ts';

/** What users did in the periods asked for; throws AppError as `readInsights` and `periodsAsked` do. */
export async function behaviour({ through }: InsightState, question: InsightQuery) {
  const asked = periodsOf(question, through);
  const answer = await readInsights('user_behavior_insights', asked, through);
  return {
    ...headOf(question, asked, answer),
    periods: answer.documents.map((document) => ({
      ...headOfPeriod(document, answer),
      // What is stored has been made by the computations of these names.
      ...(document.metrics as Partial<BehaviourParts>),
    })),
  };
}

import type { InsightQuery } from '../../core/insights/period.ts';
import type { Level, Quality, QualityGroup } from '../../core/insights/quality.ts';
import { headOf, headOfPeriod, periodsOf } from './businessView.ts';
import { readInsights } from './read.ts';
import type { InsightState } from './state.ts';

/** What is asked for: groups of one level, perhaps of one provider, model or kind. */
export interface QualityQuestion extends InsightQuery {
  by: Exclude<Level, 'all'>;
  provider?: string | undefined;
  model?: string | undefined;
  kind?: string | undefined;
}

/** Scores, ratings, errors and drift of the periods asked for; throws AppError as `readInsights` and `periodsAsked` do. */
export async function quality({ through }: InsightState, question: QualityQuestion) {
  const asked = periodsOf(question, through);
  const answer = await readInsights('quality_insights', asked, through);
  return {
    ...headOf(question, asked, answer),
    by: question.by,
    periods: answer.documents.map((document) => {
      // What is stored has been made by the computation of this name.
      const { groups, groupsLeftOut } = document.metrics.quality as Quality;
      const all = groups.find(({ level }) => level === 'all');
      const those = groups.filter((group) => isAskedFor(group, question));
      return { ...headOfPeriod(document, answer), ...(all && { all }), groups: those, groupsLeftOut };
    }),
  };
}

function isAskedFor(group: QualityGroup, { by, provider, model, kind }: QualityQuestion): boolean {
  return (
    group.level === by &&
    (provider === undefined || group.provider === provider) &&
    (model === undefined || group.model === model) &&
    (kind === undefined || group.kind === kind)
  );
}

import type { Episode } from './episode.ts';
import { type Rule, ruleSchema } from './rule.ts';

/** What messages say of an episode's rule where that is gone. Its metric is none, so that no number is told in a wrong unit. */
export function goneRule({ rule: slug, ruleName: name }: Pick<Episode, 'rule' | 'ruleName'>): Rule {
  const condition = { type: 'threshold', op: '>', warning: 0 };
  return ruleSchema.parse({ slug, name, description: 'This rule is gone.', metric: '', windowMin: 1, condition });
}

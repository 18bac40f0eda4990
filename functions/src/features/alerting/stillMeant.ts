import type { Episode } from '../../core/alert/episode.ts';
import type { Rule } from '../../core/alert/rule.ts';
import { sourceOf } from './observe/index.ts';

/** Whether a rule, as it is now, could have begun the episode. */
export function stillMeant(rule: Rule, { group }: Pick<Episode, 'group'>): boolean {
  const source = sourceOf(rule);
  if (source !== 'rollup') return source === 'signal';
  const { groupBy } = rule;
  const dimensions = Object.keys(group).filter((each) => each !== 'pattern');
  return dimensions.length === groupBy.length && groupBy.every((each) => dimensions.includes(each));
}

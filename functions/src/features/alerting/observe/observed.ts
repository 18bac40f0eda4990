import type { Group, Observation } from '../../../core/alert/observation.ts';
import { canonicalJson } from '../../../core/hash.ts';

/** What a rule sees of one group. */
export interface Observed {
  group: Group;
  observation: Observation;
}

/** What each rule sees, by slug, then by the canonicalJson of the group. */
export type Observations = Map<string, Map<string, Observed>>;

/** Groups of one rule that are looked at; those beyond are left out. */
export const MAX_GROUPS = 200;

/** Observations by their group. */
export function byGroup(observed: readonly Observed[]): Map<string, Observed> {
  return new Map(observed.slice(0, MAX_GROUPS).map((each) => [canonicalJson(each.group), each]));
}

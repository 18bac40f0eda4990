import { DEFAULT_RULES } from '../../functions/src/core/alert/defaultRules.ts';
import type { RunningFirestore } from '../firestore/index.ts';

/** As if somebody had deleted all the rules that alerts begin with, for a stack whose work is about something else. */
export async function withoutDefaultRules(firestore: Pick<RunningFirestore, 'bulkLoad'>): Promise<void> {
  const values = DEFAULT_RULES.map(({ slug }) => ({ stringValue: slug }));
  const fields = { revision: { integerValue: '0' }, seeded: { arrayValue: { values } } };
  await firestore.bulkLoad([{ path: 'projection_state/alerts', fields }]);
}

import type { RunningFirestore } from '../firestore/index.ts';

const MANY = 1_000_000_000;
const TIER = {
  signupCredits: MANY,
  concurrentGenerations: MANY,
  requestsPerMinute: MANY,
  generationsPerDay: MANY,
  creditsPerDay: MANY,
  creditsPer30Days: MANY,
};

/** Settings under which no user meets a limit or runs out of credits, for a stack whose work is about something else. */
export const PLENTY = { limits: { free: TIER, premium: TIER } };

/** Stores these settings as those that hold. */
export async function givePlenty(firestore: Pick<RunningFirestore, 'bulkLoad'>): Promise<void> {
  await firestore.bulkLoad([{ path: 'settings/current', fields: fieldsOf(PLENTY) }]);
}

type Field = { integerValue: string } | { mapValue: { fields: Record<string, Field> } };

function fieldsOf(value: object): Record<string, Field> {
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [
      key,
      typeof entry === 'number' ? { integerValue: `${entry}` } : { mapValue: { fields: fieldsOf(entry) } },
    ]),
  );
}

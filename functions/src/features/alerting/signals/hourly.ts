import { projectionState } from '../../../platform/collections.ts';
import { Timestamp } from '../../../platform/firestore.ts';

const HOUR_MS = 3_600_000;

/** What is costly to find out is kept in `projection_state/signal.<name>` and found out anew once it is an hour old. */
export async function hourly<T>(name: string, now: Date, find: () => Promise<T>): Promise<T> {
  const ref = projectionState(`signal.${name}`);
  const kept = await ref.get();
  const foundAt: unknown = kept.get('foundAt');
  const ageMs = foundAt instanceof Timestamp ? now.getTime() - foundAt.toMillis() : HOUR_MS;
  if (ageMs >= 0 && ageMs < HOUR_MS) return kept.get('value') as T;
  const value = await find();
  await ref.set({ foundAt: now, value });
  return value;
}

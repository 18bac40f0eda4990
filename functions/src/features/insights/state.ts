import { warehouseName } from '../../platform/bigquery/client.ts';
import { projectionState } from '../../platform/collections.ts';
import { FieldValue } from '../../platform/firestore.ts';
import { heldProgress } from '../../platform/warehouse.ts';

/** `projection_state/insights`: what was computed. */
const stateRef = () => projectionState('insights');

/** Where the insights are. */
export interface InsightState {
  /** Everything recorded up to here is in the warehouse; undefined: nothing is, or there is none. */
  through: Date | undefined;
  /** Of each part the UTC day before which all was computed. */
  closed: Record<string, string>;
  /** Rises whenever documents change. */
  version: number;
}

/** Where the insights are. Two reads; none where there is no warehouse. */
export async function insightState(): Promise<InsightState> {
  if (warehouseName() === undefined) return { through: undefined, closed: {}, version: 0 };
  const [{ progress }, state] = await Promise.all([heldProgress(), stateRef().get()]);
  const through = progress.through.getTime() > 0 ? progress.through : undefined;
  return { through, closed: state.get('closed') ?? {}, version: state.get('version') ?? 0 };
}

/** Notes up to which day parts were computed, and whether that changed documents. A write. */
export async function noteClosed(closed: Record<string, string>, hasChanged: boolean): Promise<void> {
  // An empty map would take the place of what was noted before.
  const known = Object.keys(closed).length > 0 && { closed };
  await stateRef().set({ ...known, version: FieldValue.increment(hasChanged ? 1 : 0) }, { merge: true });
}

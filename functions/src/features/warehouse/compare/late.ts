import { addEvent, type DayCounts } from '../../../core/warehouse/dayCounts.ts';
import { eventsOfDay, type LogPosition } from '../../../platform/eventLog.ts';

/** Up to where in the log each side has come; undefined: nowhere. */
export interface Places {
  warehouse: LogPosition | undefined;
  rollups: LogPosition | undefined;
}

/** Late events of one day that are looked at. */
const MAX_LATE = 2_000;

/**
 * One side is further on in the log than the other. Adds to the one behind what the events between them add to these days, so that
 * both are about the same events. Answers the days of which there are too many.
 */
export async function addLate(
  days: readonly string[],
  places: Places,
  counts: { warehouse: DayCounts; rollups: DayCounts },
): Promise<string[]> {
  const behind = isBefore(places.warehouse, places.rollups) ? 'warehouse' : 'rollups';
  const ahead = behind === 'warehouse' ? 'rollups' : 'warehouse';
  const upTo = places[ahead];
  if (!upTo || !isBefore(places[behind], upTo)) return [];
  const tooMany: string[] = [];
  for (const day of days) {
    const events = await eventsOfDay(day, upTo, places[behind], MAX_LATE);
    if (events.length === MAX_LATE) tooMany.push(day);
    for (const event of events) addEvent(counts[behind], day, event);
  }
  return tooMany;
}

function isBefore(a: LogPosition | undefined, b: LogPosition | undefined): boolean {
  if (!a || !b) return b !== undefined;
  const [at, bt] = [a.recordedAt.valueOf(), b.recordedAt.valueOf()];
  return at === bt ? a.id < b.id : at < bt;
}

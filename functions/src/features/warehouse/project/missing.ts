import { QueryFailed, runQuery } from '../../../platform/bigquery/query.ts';
import { deadAmong } from '../../../platform/deadLetters.ts';
import { eventsBetween, type LoggedEvent } from '../../../platform/eventLog.ts';
import type { LoadManifest } from '../../../platform/warehouse.ts';
import type { ProjectionLimits } from './limits.ts';

const DAY_MS = 86_400_000;

/** A stretch of the log: what it has, and the UTC days on which that may count, by their numbers. */
interface Stretch {
  recordedFrom: Date;
  recordedTo: Date;
  ids: string[];
  days: number[];
}

/** The ids of events in a range that are neither in BigQuery nor in dead letters; at most as many as one load of late events takes. */
export async function missingOf(manifest: LoadManifest, limits: ProjectionLimits): Promise<string[]> {
  const stretch = await stretchOf(manifest, limits);
  const ids = await notLoaded(stretch, stretch.ids);
  const missing: string[] = [];
  for (let from = 0; from < ids.length && missing.length < limits.late; from += limits.page) {
    const some = ids.slice(from, from + limits.page);
    const dead = await deadAmong(some);
    missing.push(...some.filter((id) => !dead.has(id)));
  }
  // A dead letter may have been loaded, and so be none any more, since BigQuery was asked.
  return missing.length === 0 ? [] : (await notLoaded(stretch, missing)).slice(0, limits.late);
}

async function stretchOf({ after, upTo }: LoadManifest, { page }: ProjectionLimits): Promise<Stretch> {
  const ids: string[] = [];
  const days = new Set<number>();
  for (let place = after ?? undefined; ; ) {
    const events = await eventsBetween(place, upTo, page);
    for (const event of events) {
      ids.push(event.id);
      for (const timeMs of timesOf(event)) days.add(Math.floor(timeMs / DAY_MS));
    }
    place = events.at(-1)?.position ?? place;
    if (events.length < page) break;
  }
  const recordedFrom = after?.recordedAt.toDate() ?? new Date(0);
  // Places in the log are told to the microsecond, a Date is not.
  const recordedTo = new Date(upTo.recordedAt.toMillis() + 1);
  return { recordedFrom, recordedTo, ids, days: [...days].sort((a, b) => a - b) };
}

/** The times one of which is when an event counts. Our schema may refuse it by now, and not have when it was loaded. */
function timesOf({ occurredAt, body }: LoggedEvent): number[] {
  const { endedAt } = { endedAt: undefined, ...body };
  return [occurredAt, endedAt].flatMap((time: unknown) => (time instanceof Date ? [time.getTime()] : []));
}

async function notLoaded(stretch: Stretch, ids: readonly string[]): Promise<string[]> {
  const loaded = new Set(await loadedOn(stretch, stretch.days));
  return ids.filter((id) => !loaded.has(id));
}

/** The ids that BigQuery has of a stretch. Where all days at once are more than a query may read, each half is asked for. */
async function loadedOn(
  { recordedFrom, recordedTo }: Pick<Stretch, 'recordedFrom' | 'recordedTo'>,
  days: readonly number[],
): Promise<string[]> {
  const [first, last] = [days[0], days.at(-1)];
  if (first === undefined || last === undefined) return [];
  const counted = { countedFrom: new Date(first * DAY_MS), countedTo: new Date((last + 1) * DAY_MS - 1) };
  const params = { recordedFrom, recordedTo, ...counted };
  try {
    const rows = await runQuery<{ event_id: string }>('warehouse/ids_of_stretch', params);
    return rows.map(({ event_id }) => event_id);
  } catch (error) {
    const isTooMuch = error instanceof QueryFailed && error.reason === 'bytesBilledLimitExceeded';
    if (!isTooMuch || days.length === 1) throw error;
  }
  const half = Math.ceil(days.length / 2);
  const early = await loadedOn({ recordedFrom, recordedTo }, days.slice(0, half));
  return [...early, ...(await loadedOn({ recordedFrom, recordedTo }, days.slice(half)))];
}

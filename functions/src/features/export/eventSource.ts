import { EVENT_COLUMNS } from '../../core/export/events.ts';
import type { Plan } from '../../core/export/query.ts';
import { namesOf, rowOf } from '../../core/export/value.ts';
import { countOfRecorded, eventsRecorded } from '../../platform/eventLog.ts';
import { positionOfText, textOfPosition } from '../../platform/exports.ts';
import { MAX_COUNTED, PAGE_DOCUMENTS, type Source } from './page.ts';

/** The log in the order of its record. What is in it never changes, so every reading of the same stretch is the same. */
export function eventSource({ fromMs, toMs, asOfMs, types }: Plan): Source {
  const stretch = { from: new Date(fromMs), to: new Date(Math.min(toMs, asOfMs)) };
  return {
    columns: namesOf(EVENT_COLUMNS),
    count: () => countOfRecorded(stretch, MAX_COUNTED),
    async page(position) {
      const after = position === undefined ? undefined : positionOfText(position);
      const found = await eventsRecorded(stretch, after, PAGE_DOCUMENTS);
      const meant = types ? found.filter(({ type }) => types.includes(type)) : found;
      const last = found.at(-1);
      return {
        rows: meant.map((event) => rowOf(EVENT_COLUMNS, { ...event, recordedAt: event.position.recordedAt.toDate() })),
        units: found.length,
        ...(last && found.length === PAGE_DOCUMENTS && { next: textOfPosition(last.position) }),
      };
    },
  };
}

import type { EventDraft } from '../events/draft.ts';
import type { EventBody, EventType } from '../events/schema.ts';
import { countedAt } from '../events/time.ts';

/** A row of the table `events`: values by column, as a load job takes them; what is not known is not there. */
export type EventRow = Record<string, string | number | boolean>;

/** What is read of an event. */
export type RowEvent = Pick<EventDraft, 'id' | 'type' | 'occurredAt' | 'cellKey' | 'userKey' | 'body'>;

/** The row of an event. `recordedAt` is the log's own time, in ISO 8601 to the microsecond. */
export function rowOf({ id, type, occurredAt, cellKey, userKey, body }: RowEvent, recordedAt: string): EventRow {
  const counted = countedAt({ type, occurredAt, body }) ?? occurredAt;
  return {
    ...{ event_id: id, type, user_key: userKey },
    ...{ occurred_at: occurredAt.toISOString(), recorded_at: recordedAt, counted_at: counted.toISOString() },
    ...(cellKey !== undefined && { cell_key: cellKey }),
    ...columnsOf(type, body),
  };
}

/** Fields that are not columns under their own name. */
const RENAMED: { readonly [T in EventType]?: Readonly<Record<string, string | null>> } = {
  // The seconds are told by the end already, and would add up to twice as many.
  'generation.rated': { from: 'previous_rating_stars', to: 'rating_stars', videoSec: null },
  'generation.scored': { from: 'previous_quality_thousandths', to: 'quality_thousandths' },
  'generation.corrected': { changes: null, ratingStars: null },
  'metric.recorded': { name: 'metric_name', value: 'metric_value', unit: 'metric_unit' },
  'support.ticket': { status: 'ticket_status', category: 'ticket_category' },
};

function columnsOf(type: EventType, body: EventDraft['body']): EventRow {
  const renamed = RENAMED[type] ?? {};
  const row: EventRow = {};
  for (const [field, value] of Object.entries(body)) {
    const column = field in renamed ? renamed[field] : snakeCase(field);
    // `endedAt` is when the event counts.
    if (column == null || field === 'endedAt' || value == null) continue;
    row[column] = value instanceof Date ? value.toISOString() : (value as EventRow[string]);
  }
  return type === 'generation.corrected' ? { ...row, ...differences(body as EventBody<typeof type>) } : row;
}

const differences = ({ changes }: EventBody<'generation.corrected'>): EventRow =>
  Object.fromEntries(changes.map(({ measure, from, to }) => [snakeCase(measure), to - (from ?? 0)]));

const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

import type { EventBody, EventType } from '../../src/core/events/schema.ts';
import type { RowEvent } from '../../src/core/warehouse/row.ts';

/** Makes events for a fixture; ids count up. */
export function eventMaker() {
  let made = 0;
  return function event<T extends EventType>(
    type: T,
    userKey: string,
    at: string,
    body: Partial<EventBody<T>> = {},
    cellKey?: string,
  ): RowEvent {
    const id = `e${String(made++).padStart(5, '0')}`;
    const occurredAt = new Date(at.length === 10 ? `${at}T12:00:00Z` : at);
    return { id, type, userKey, occurredAt, body: body as EventBody<T>, ...(cellKey !== undefined && { cellKey }) };
  };
}

/** What an end says where a test does not care. */
export const ENDED = {
  attempts: 1,
  totalMs: 60_000,
  costUsdMicros: 800_000,
  wasteUsdMicros: 0,
  possibleWasteUsdMicros: 0,
  chargedCredits: 80,
  videosDelivered: 1,
  videosBlocked: 0,
  videoSec: 8,
} as const;

/** What a generation is about, from its cell; a model may have slashes in its name. */
export function aboutCell(cellKey: string, generationId: string) {
  const [provider = '', ...model] = cellKey.split('/');
  const kind = model.pop() as 'text_to_video';
  return { generationId, provider, model: model.join('/'), kind };
}

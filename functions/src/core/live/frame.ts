import type { EventDraft } from '../events/draft.ts';
import { type Position, positionText } from './position.ts';

/** One message of a stream of server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html). */
export interface Frame {
  /** What the client is to name as `Last-Event-ID` from now on. */
  position?: Position;
  event: string;
  data: object;
  /** How long the client is to wait before it connects again. */
  retryMs?: number;
}

/** A message as it goes over the wire. JSON has no line breaks, so its data is one line. */
export function frameText({ position, event, data, retryMs }: Frame): string {
  const retry = retryMs === undefined ? '' : `retry: ${retryMs}\n`;
  const id = position ? `id: ${positionText(position)}\n` : '';
  return `${retry}${id}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** What keeps a silent connection open, and says nothing. */
export const HEARTBEAT = ': \n\n';

/** What viewers are told of an event. Events hold no prompts, and users only as a hash. */
export function eventFrame(event: EventDraft & { recordedAt: Date }, position: Position): Frame {
  const { id, type, recordedAt, occurredAt, userKey, cellKey, body } = event;
  return { position, event: type, data: { id, type, recordedAt, occurredAt, userKey, cellKey, body } };
}

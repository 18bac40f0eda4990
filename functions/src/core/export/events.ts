import type { EventDraft } from '../events/draft.ts';
import { canonicalJson } from '../hash.ts';
import { type Column, isoOf } from './value.ts';

/** An event of the log with the time of its record. */
export interface ExportedEvent extends EventDraft {
  recordedAt: Date;
}

/** One row an event; `body` is what its type says beyond these. */
export const EVENT_COLUMNS: readonly Column<ExportedEvent>[] = [
  ['eventId', (of) => of.id],
  ['type', (of) => of.type],
  ['recordedAt', (of) => isoOf(of.recordedAt)],
  ['occurredAt', (of) => isoOf(of.occurredAt)],
  ['userKey', (of) => of.userKey || undefined],
  ['cellKey', (of) => of.cellKey],
  ['body', (of) => plainBody(of.body)],
];

/** With times as texts, and fields in one order whatever the database makes of it. */
function plainBody(body: object): object {
  return JSON.parse(canonicalJson(JSON.parse(JSON.stringify(body))));
}

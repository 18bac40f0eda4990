import type { Actor } from '../../core/actor.ts';
import type { EventDraft } from '../../core/events/draft.ts';
import type { Generation } from '../../core/generation/state.ts';
import { parsedRow } from '../../core/ingest/fields.ts';
import {
  draftOfProductEvent,
  fingerprintOfEvent,
  ownGenerationId,
  productEventSchema,
} from '../../core/ingest/productEvent.ts';
import { now } from '../../platform/clock.ts';
import { generations, type RecordedEvent, recordEvent, recordedEvents } from '../../platform/collections.ts';
import { documentsAt } from '../../platform/firestore.ts';
import { modelsByName } from './context.ts';
import { createEach, type Entry } from './createEach.ts';
import { type RowResult, refusedOr, resultOf } from './row.ts';

const CONFLICT = 'This id was sent before with another event.';

/**
 * Takes product events into the log, each for itself and once. Answers in order. One write for a new one, and no read but of the
 * generations that users tell about.
 */
export async function recordEvents(actor: Actor, rows: readonly unknown[]): Promise<RowResult[]> {
  const events = rows.map((row) =>
    refusedOr(() => {
      const event = parsedRow(productEventSchema, row);
      return { event, ownId: ownGenerationId(event) };
    }),
  );
  const ownIds = events.flatMap((row) => ('ownId' in row && row.ownId !== undefined ? row.ownId : []));
  const context = { actor, now: now(), known: modelsByName(), generations: await generationsById(ownIds) };
  const read = events.map((row) =>
    'refusal' in row ? row : refusedOr(() => ({ draft: draftOfProductEvent(row.event, context) })),
  );
  const entries = read.flatMap((row) => ('draft' in row ? entryOf(row.draft) : []));
  const created = (await createEach(entries, fingerprintOfEvent)).values();
  return read.map((row) => {
    if ('refusal' in row) return { status: 'refused', error: row.refusal };
    return resultOf(created.next().value, CONFLICT);
  });
}

async function generationsById(ids: readonly string[]): Promise<Map<string, Generation>> {
  const refs = [...new Set(ids)].map((id) => generations().doc(id));
  const found = (await documentsAt(refs)).filter((generation) => generation !== undefined);
  return new Map(found.map((generation) => [generation.id, generation]));
}

function entryOf(draft: EventDraft): Entry<RecordedEvent> {
  return {
    ref: recordedEvents().doc(draft.id),
    fingerprint: fingerprintOfEvent(draft),
    write: (writes) => recordEvent(writes, draft),
  };
}

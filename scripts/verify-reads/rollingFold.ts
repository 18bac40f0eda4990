import type { EventDraft } from '../../functions/src/core/events/draft.ts';
import { foldEvents } from '../../functions/src/core/rollup/fold.ts';
import { storedDocument } from '../../functions/src/features/aggregation/documents.ts';
import type { BucketDocument } from '../../functions/src/platform/rollups.ts';
import { COUNTED_MS, REPORTING_ZONES } from './scene.ts';

/** Events folded together: all of a large history would not fit into memory. */
const FOLDED_AT_ONCE = 20_000;

/** The place of an event in the log. */
export interface LogPlace {
  recordedAt: Date;
  id: string;
}

/** What a log comes to: its rollup documents by id, and where it ends. */
export interface Counted {
  rollups: ReadonlyMap<string, BucketDocument>;
  end: LogPlace;
}

/** Folds events as they come, as of the time at which the aggregation has run, and forgets them. */
export class RollingFold {
  #waiting: EventDraft[] = [];
  #rollups = new Map<string, BucketDocument>();
  #end: LogPlace = { recordedAt: new Date(0), id: '' };

  add(event: EventDraft, recordedAt: Date): void {
    const place = { recordedAt, id: event.id };
    if (isAfter(place, this.#end)) this.#end = place;
    this.#waiting.push(event);
    if (this.#waiting.length === FOLDED_AT_ONCE) this.#fold();
  }

  finish(): Counted {
    this.#fold();
    return { rollups: this.#rollups, end: this.#end };
  }

  #fold(): void {
    const { documents } = foldEvents(this.#waiting, { zones: REPORTING_ZONES, nowMs: COUNTED_MS });
    for (const [id, document] of documents) {
      this.#rollups.set(id, storedDocument(document, this.#rollups.get(id)?.cells));
    }
    this.#waiting = [];
  }
}

function isAfter(a: LogPlace, b: LogPlace): boolean {
  const ms = a.recordedAt.getTime() - b.recordedAt.getTime();
  return ms > 0 || (ms === 0 && a.id > b.id);
}

import { checkedRow } from '../../../core/warehouse/checkedRow.ts';
import type { LoggedEvent, LogPosition } from '../../../platform/eventLog.ts';
import type { Timestamp } from '../../../platform/firestore.ts';
import type { RangeRead } from '../../../platform/warehouse.ts';
import type { ProjectionLimits } from './limits.ts';

/** Events that can be no rows in one load: one commit makes their dead letters. */
const MAX_MISFITS = 400;

/** Events made into rows, in the order in which they come. */
export class RowBatch {
  readonly lines: string[] = [];
  /** Events that can be no rows, and why. */
  readonly misfits: { id: string; message: string }[] = [];
  /** The last event that was taken in. */
  last: LogPosition | undefined;
  #bytes = 0;
  #events = 0;
  readonly #refused: ReadonlySet<string>;

  /** `refused`: the ids of events of which it is said already that they can be no rows. */
  constructor(refused: readonly string[] = []) {
    this.#refused = new Set(refused);
  }

  get read(): RangeRead {
    return { events: this.#events, rows: this.lines.length };
  }

  isFull(limits: Pick<ProjectionLimits, 'events' | 'bytes'>): boolean {
    return this.#events >= limits.events || this.#bytes >= limits.bytes || this.misfits.length >= MAX_MISFITS;
  }

  take(event: LoggedEvent): void {
    this.#events++;
    this.last = event.position;
    if (this.#refused.has(event.id)) return;
    const { row, refusal } = checkedRow(event, recordedText(event.position.recordedAt));
    if (row) {
      const line = JSON.stringify(row);
      this.lines.push(line);
      this.#bytes += Buffer.byteLength(line) + 1;
    } else this.misfits.push({ id: event.id, message: refusal });
  }
}

/** A time of the log in ISO 8601, to the microsecond. */
export function recordedText(recordedAt: Timestamp): string {
  const micros = String(Math.floor(recordedAt.nanoseconds / 1_000)).padStart(6, '0');
  return `${recordedAt.toDate().toISOString().slice(0, 19)}.${micros}Z`;
}

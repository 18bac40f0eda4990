import { eventsAfter, type LoggedEvent, type LogPosition } from '../../platform/eventLog.ts';

/** Events read at once. */
const PAGE = 500;
/** Events of one transaction. */
const MAX_EVENTS = 2_000;

/** What has been recorded and is not folded yet, read in pages; what was read and not taken is not read again. */
export class Backlog {
  #waiting: LoggedEvent[] = [];
  #readUpTo: LogPosition | undefined;
  #through: Date;
  /** True once everything up to the end has been read. */
  #atEnd = false;

  constructor(after: LogPosition | undefined, through: Date) {
    this.#readUpTo = after;
    this.#through = through;
  }

  /** The oldest events waiting, as many as one transaction may take; empty when there are no more. */
  async waiting(): Promise<readonly LoggedEvent[]> {
    while (!this.#atEnd && this.#waiting.length < MAX_EVENTS) await this.#read();
    return this.#waiting.slice(0, MAX_EVENTS);
  }

  /** Takes the oldest `count` out. */
  take(count: number): void {
    this.#waiting.splice(0, count);
  }

  /** True when the oldest `count` are all that is left up to the end. */
  isAll(count: number): boolean {
    return this.#atEnd && this.#waiting.length === count;
  }

  async #read(): Promise<void> {
    const events = await eventsAfter(this.#readUpTo, this.#through, PAGE);
    this.#waiting.push(...events);
    this.#readUpTo = events.at(-1)?.position ?? this.#readUpTo;
    this.#atEnd = events.length < PAGE;
  }
}

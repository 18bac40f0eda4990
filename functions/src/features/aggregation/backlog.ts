import { eventsAfter, type LoggedEvent, type LogPosition } from '../../platform/eventLog.ts';
import type { StepLimits } from './limits.ts';

/** What has been recorded and is not folded yet, read in pages; what was read and not taken is not read again. */
export class Backlog {
  #waiting: LoggedEvent[] = [];
  #readUpTo: LogPosition | undefined;
  #through: Date;
  #limits: StepLimits;
  /** True once everything up to the end has been read. */
  #atEnd = false;

  constructor(after: LogPosition | undefined, through: Date, limits: StepLimits) {
    this.#readUpTo = after;
    this.#through = through;
    this.#limits = limits;
  }

  /** The oldest events waiting, as many as one step may take; empty when there are no more. */
  async waiting(): Promise<readonly LoggedEvent[]> {
    while (!this.#atEnd && this.#waiting.length < this.#limits.events) await this.#read();
    return this.#waiting.slice(0, this.#limits.events);
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
    const { page } = this.#limits;
    const events = await eventsAfter(this.#readUpTo, this.#through, page);
    this.#waiting.push(...events);
    this.#readUpTo = events.at(-1)?.position ?? this.#readUpTo;
    this.#atEnd = events.length < page;
  }
}

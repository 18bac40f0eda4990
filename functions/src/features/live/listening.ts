import { type HeardEvent, listenToLog } from '../../platform/logListener.ts';

/** A time of record is the server's, of the request and not of the commit: what was recorded at once can be seen 10 s later. */
export const REWIND_MS = 10_000;
const TRIES = 4;

/** How to listen; what is absent is as it should be. */
export interface ListeningOptions {
  /** A listener keeps what it has heard in memory, so after that many events another takes its place. */
  renewedAfter?: number;
  /** The wait before listening anew, in real time; each further one is twice as long. */
  firstWaitMs?: number;
  listen?: typeof listenToLog;
}

export interface Ears {
  /** Each event once. The first call holds what was there before. */
  heard(events: HeardEvent[]): void;
  /** Nothing more will come. */
  lost(error: Error): void;
}

/** Listens to the log without a break: renews the listener before it grows too large, and begins anew, four times, where it failed. */
export class Listening {
  #ears: Ears;
  #options: Required<ListeningOptions>;
  #seen = new Map<string, number>();
  #newestMs: number;
  #heardByThis = 0;
  #tries = 0;
  #retry: NodeJS.Timeout | undefined;
  /** What ends each listener that is open; while one is followed by another there are two. */
  #open = new Set<() => void>();
  #ended = false;

  constructor(nowMs: number, ears: Ears, options: ListeningOptions = {}) {
    this.#ears = ears;
    this.#options = { renewedAfter: 5_000, firstWaitMs: 1_000, listen: listenToLog, ...options };
    this.#newestMs = nowMs;
    this.#listen();
  }

  end(): void {
    this.#ended = true;
    clearTimeout(this.#retry);
    for (const unlisten of this.#open) this.#close(unlisten);
  }

  #close(unlisten: () => void): void {
    this.#open.delete(unlisten);
    unlisten();
  }

  #listen(): void {
    const afterMs = this.#newestMs - REWIND_MS;
    for (const [id, recordedAtMs] of this.#seen) if (recordedAtMs < afterMs) this.#seen.delete(id);
    this.#heardByThis = 0;
    const before = [...this.#open];
    let isFirst = true;
    const unlisten = this.#options.listen(
      new Date(afterMs),
      (events) => {
        if (this.#ended) return;
        if (isFirst) {
          isFirst = false;
          this.#tries = 0;
          // Until now those before were listening, too.
          for (const other of before) this.#close(other);
        }
        this.#hear(events);
      },
      (error) => this.#failed(error, unlisten),
    );
    this.#open.add(unlisten);
  }

  #hear(events: readonly HeardEvent[]): void {
    const unheard = events.filter(({ id }) => !this.#seen.has(id));
    for (const { id, recordedAt } of unheard) {
      this.#seen.set(id, recordedAt.getTime());
      this.#newestMs = Math.max(this.#newestMs, recordedAt.getTime());
    }
    this.#heardByThis += unheard.length;
    this.#ears.heard(unheard);
    if (this.#heardByThis >= this.#options.renewedAfter && !this.#ended) this.#listen();
  }

  #failed(error: Error, unlisten: () => void): void {
    this.#close(unlisten);
    if (this.#ended || this.#retry) return;
    if (++this.#tries > TRIES) {
      this.end();
      this.#ears.lost(error);
      return;
    }
    this.#retry = setTimeout(
      () => {
        this.#retry = undefined;
        try {
          this.#listen();
        } catch (thrown) {
          // Thrown in a timer it would end the instance; it counts as one more listener that failed.
          this.#failed(thrown instanceof Error ? thrown : new Error(String(thrown)), () => undefined);
        }
      },
      this.#options.firstWaitMs * 2 ** (this.#tries - 1),
    );
  }
}

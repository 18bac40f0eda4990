import { AppError } from '../../core/errors.ts';
import { eventFrame, frameText } from '../../core/live/frame.ts';
import type { Position } from '../../core/live/position.ts';
import { perApp } from '../../platform/app.ts';
import { now } from '../../platform/clock.ts';
import type { HeardEvent } from '../../platform/logListener.ts';
import { logOf } from '../../platform/logs.ts';
import { randomHex } from '../../platform/random.ts';
import { type Ears, Listening, type ListeningOptions } from './listening.ts';

const log = logOf('live');
const encoder = new TextEncoder();

/** Events that are kept for viewers who come back. */
const KEPT = 2_000;
/** Fewer than the requests that an instance takes at once, so that a refusal still gets through. */
const MAX_VIEWERS = 400;
const MAX_VIEWERS_EACH = 10;

export interface BroadcastOptions extends ListeningOptions {
  /** How long the first viewer waits for the log to be heard, in real time; 10 s unless told otherwise. */
  begunWithinMs?: number;
}

/** An event on its way to all viewers; its frame is made once and shared. */
export interface Entry {
  event: HeardEvent;
  position: Position;
  frame: Uint8Array;
}

export interface Viewer {
  /** A user, or a key. */
  who: string;
  /** Must not throw, nor wait. */
  offer(entry: Entry): void;
  /** The log cannot be heard any more. */
  lost(): void;
}

/** One unbroken time of listening, from the first viewer to the last. */
interface Run {
  id: string;
  listening: Listening;
  begun: Promise<void>;
  /** The last entries heard, oldest first. */
  kept: Entry[];
  last: Position;
}

/** The log of this instance's viewers: one listener for all of them, and the last events for those who come back. */
export class Broadcast {
  #viewers = new Set<Viewer>();
  #run: Run | undefined;
  #options: BroadcastOptions;

  constructor(options: BroadcastOptions = {}) {
    this.#options = options;
  }

  /**
   * Lets a viewer have what comes from now on. Throws `unavailable` when the log cannot be heard or there are too many
   * viewers, `limit_exceeded` when this one has too many streams.
   */
  async join(viewer: Viewer): Promise<void> {
    this.#assertRoom(viewer.who);
    this.#viewers.add(viewer);
    try {
      this.#run ??= this.#begin();
      await this.#run.begun;
    } catch (error) {
      this.leave(viewer);
      log.error('the log cannot be heard', error);
      throw new AppError('unavailable', 'The live stream is not available at the moment; try again.');
    }
  }

  leave(viewer: Viewer): void {
    if (!this.#viewers.delete(viewer) || this.#viewers.size > 0) return;
    this.#run?.listening.end();
    this.#run = undefined;
  }

  /** Where a viewer stands who has been offered everything. For viewers who have joined. */
  position(): Position {
    if (!this.#run) throw new Error('nobody listens');
    return this.#run.last;
  }

  /** What was heard after a position; undefined when this run cannot tell, because it began later or no longer keeps it. */
  heardAfter({ run, seq }: Position): Entry[] | undefined {
    if (this.#run?.id !== run) return undefined;
    const { kept, last } = this.#run;
    const firstKept = kept[0]?.position.seq ?? last.seq + 1;
    return seq > last.seq || seq < firstKept - 1 ? undefined : kept.filter(({ position }) => position.seq > seq);
  }

  #assertRoom(who: string): void {
    const used = [...this.#viewers].filter((viewer) => viewer.who === who).length;
    if (used >= MAX_VIEWERS_EACH) {
      const exceeded = { limit: 'live_streams', allowed: MAX_VIEWERS_EACH, used };
      throw new AppError('limit_exceeded', 'You have too many live streams open; close one.', [], exceeded);
    }
    if (this.#viewers.size >= MAX_VIEWERS) throw new AppError('unavailable', 'Too many are watching; try again.');
  }

  #begin(): Run {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const { begunWithinMs = 10_000 } = this.#options;
    const timeout = setTimeout(() => reject(new Error('nothing was heard in time')), begunWithinMs);
    const begun = promise.finally(() => clearTimeout(timeout));
    const startMs = now().getTime();
    const id = randomHex(4);
    let isBegun = false;
    const ears: Ears = {
      heard: (events) => {
        const entries = events.map((event) => entryOf(event, run));
        run.kept = [...run.kept, ...entries].slice(-KEPT);
        // What was there before is only for those who come back.
        if (isBegun) for (const entry of entries) for (const viewer of this.#viewers) viewer.offer(entry);
        isBegun = true;
        resolve();
      },
      lost: (error) => {
        log.error('the log is heard no more', error);
        reject(error);
        if (this.#run === run) this.#end();
      },
    };
    const listening = new Listening(startMs, ears, this.#options);
    const run: Run = { id, listening, begun, kept: [], last: { recordedAtMicros: startMs * 1_000, run: id, seq: 0 } };
    return run;
  }

  #end(): void {
    const viewers = [...this.#viewers];
    this.#viewers.clear();
    this.#run = undefined;
    for (const viewer of viewers) viewer.lost();
  }
}

function entryOf(event: HeardEvent, run: Run): Entry {
  const position = { recordedAtMicros: event.recordedAtMicros, run: run.id, seq: run.last.seq + 1 };
  run.last = position;
  return { event, position, frame: encoder.encode(frameText(eventFrame(event, position))) };
}

/** The broadcast of this instance. */
export const broadcast = perApp(() => new Broadcast());

/** A reading of the clock, as it travels between processes. */
export interface ClockState {
  /** Milliseconds since the Unix epoch. */
  nowMs: number;
  /** False while time stands still until it is moved. */
  running: boolean;
}

const MAX_TIMER_MS = 2 ** 31 - 1;

interface Timer {
  atMs: number;
  order: number;
  fire: () => void;
}

/**
 * The movable clock of the local stack: real time plus an offset, or standing still. It only ever moves forward.
 * Timers set on it fire when its time comes, whether time passed by itself or was moved.
 */
export class MovableClock {
  #offsetMs = 0;
  #frozenAtMs: number | undefined;
  #timers = new Set<Timer>();
  #order = 0;
  #wakeUp: NodeJS.Timeout | undefined;

  /** Starts at `startAtMs` (default: real time), `running` unless told otherwise. */
  constructor({ startAtMs = Date.now(), running = true }: { startAtMs?: number; running?: boolean } = {}) {
    this.#offsetMs = startAtMs - Date.now();
    if (!running) this.#frozenAtMs = startAtMs;
  }

  /** Milliseconds since the Unix epoch, as this stack sees it. */
  now(): number {
    return this.#frozenAtMs ?? Math.floor(Date.now() + this.#offsetMs);
  }

  get running(): boolean {
    return this.#frozenAtMs === undefined;
  }

  state(): ClockState {
    return { nowMs: this.now(), running: this.running };
  }

  /** Moves forward to `toMs` and fires what fell due, in order of time. Throws RangeError when `toMs` is in the past. */
  moveTo(toMs: number): void {
    const now = this.now();
    if (toMs < now) throw new RangeError(`the clock moves forward only: it is ${now}, asked for ${toMs}`);
    if (this.#frozenAtMs !== undefined) this.#frozenAtMs = toMs;
    else this.#offsetMs += toMs - now;
    this.#fireDue();
  }

  /** Takes over another clock's reading; a reading behind this clock only changes whether it runs. */
  follow({ nowMs, running }: ClockState): void {
    if (running) this.resume();
    else this.pause();
    if (nowMs > this.now()) this.moveTo(nowMs);
  }

  pause(): void {
    this.#frozenAtMs ??= this.now();
    this.#arm();
  }

  resume(): void {
    if (this.#frozenAtMs === undefined) return;
    this.#offsetMs = this.#frozenAtMs - Date.now();
    this.#frozenAtMs = undefined;
    this.#arm();
  }

  /** Calls `fire` once the clock reaches `atMs` (never synchronously inside this call); returns a cancel function. */
  setTimer(atMs: number, fire: () => void): () => void {
    const timer: Timer = { atMs, order: this.#order++, fire };
    this.#timers.add(timer);
    this.#arm();
    return () => {
      this.#timers.delete(timer);
      this.#arm();
    };
  }

  /** Cancels every timer, so that the process may end. */
  stop(): void {
    this.#timers.clear();
    this.#arm();
  }

  #fireDue(): void {
    const now = this.now();
    const due = [...this.#timers].filter((t) => t.atMs <= now).sort((a, b) => a.atMs - b.atMs || a.order - b.order);
    for (const timer of due) {
      // A timer fired earlier in this loop may have cancelled this one.
      if (this.#timers.delete(timer)) timer.fire();
    }
    this.#arm();
  }

  #arm(): void {
    clearTimeout(this.#wakeUp);
    this.#wakeUp = undefined;
    if (this.#timers.size === 0) return;
    let nextMs = Number.POSITIVE_INFINITY;
    for (const timer of this.#timers) nextMs = Math.min(nextMs, timer.atMs);
    const waitMs = nextMs - this.now();
    if (this.#frozenAtMs !== undefined && waitMs > 0) return;
    this.#wakeUp = setTimeout(() => this.#fireDue(), Math.max(0, Math.min(waitMs, MAX_TIMER_MS)));
  }
}

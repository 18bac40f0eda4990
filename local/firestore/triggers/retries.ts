import type { MovableClock } from '../../clock.ts';
import type { Delivery } from './lanes.ts';

const FIRST_WAIT_MS = 10_000;
const LONGEST_WAIT_MS = 600_000;

/**
 * How long an event with retries is tried: 24 h, as Cloud Functions 2nd gen does
 * (https://cloud.google.com/functions/docs/bestpractices/retries).
 */
export const RETRY_WINDOW_MS = 24 * 3_600_000;

/** The wait before the next attempt after `attempts` failed ones: 10 s, doubling, at most 600 s. */
export function backoffMs(attempts: number): number {
  return Math.min(FIRST_WAIT_MS * 2 ** (attempts - 1), LONGEST_WAIT_MS);
}

/** Deliveries that wait on the clock for their next attempt. */
export class Retries {
  #clock: MovableClock;
  #waiting = new Map<Delivery, { dueMs: number; cancel: () => void }>();

  constructor(clock: MovableClock) {
    this.#clock = clock;
  }

  /** When the earliest is due, on the clock; undefined when none waits. */
  get nextDueMs(): number | undefined {
    let earliest: number | undefined;
    for (const { dueMs } of this.#waiting.values()) earliest = Math.min(dueMs, earliest ?? dueMs);
    return earliest;
  }

  /** Calls `fire` when the delivery's back-off is over. */
  add(delivery: Delivery, fire: () => void): void {
    const dueMs = this.#clock.now() + backoffMs(delivery.attempts);
    const cancel = this.#clock.setTimer(dueMs, () => {
      this.#waiting.delete(delivery);
      fire();
    });
    this.#waiting.set(delivery, { dueMs, cancel });
  }

  clear(): void {
    for (const { cancel } of this.#waiting.values()) cancel();
    this.#waiting.clear();
  }
}

import type { Exceeded } from '../errors.ts';

const WINDOW_MS = 60_000;

/** A minute that began with the first request in it, and the requests that were let through since. */
export interface RateWindow {
  startedAtMs: number;
  used: number;
}

/** Whether a window is over; the next request begins another. */
export function isOver({ startedAtMs }: RateWindow, nowMs: number): boolean {
  return nowMs >= startedAtMs + WINDOW_MS;
}

/** What stands in the way of one more request in this window; undefined when there is room. */
export function exceededBy(window: RateWindow, allowed: number, nowMs: number): Exceeded | undefined {
  if (isOver(window, nowMs) || window.used < allowed) return undefined;
  const freesAt = new Date(window.startedAtMs + WINDOW_MS);
  return { limit: 'requests_per_minute', allowed, used: window.used, freesAt };
}

import { AppError } from '../../core/errors.ts';
import { perApp } from '../../platform/app.ts';
import { now } from '../../platform/clock.ts';

/** Exports that an instance streams at the same time; each holds a page. */
export const MAX_AT_ONCE = 10;
/** By then the function has ended the answer, whatever became of it. */
const FREED_AFTER_MS = 60_000;
const RETRY_AFTER_MS = 5_000;

const taken = perApp(() => new Map<symbol, number>());

/** Takes one of the instance's places for exports; the answer gives it back. Throws AppError `limit_exceeded` when none is free. */
export function takePlace(): () => void {
  const places = taken();
  const nowMs = performance.now();
  for (const [place, sinceMs] of places) if (nowMs - sinceMs > FREED_AFTER_MS) places.delete(place);
  if (places.size >= MAX_AT_ONCE) {
    throw new AppError('limit_exceeded', 'Too many exports at once; try again in a few seconds.', [], {
      ...{ limit: 'exports_at_once', allowed: MAX_AT_ONCE, used: places.size },
      freesAt: new Date(now().getTime() + RETRY_AFTER_MS),
    });
  }
  const place = Symbol('export');
  places.set(place, nowMs);
  return () => void places.delete(place);
}

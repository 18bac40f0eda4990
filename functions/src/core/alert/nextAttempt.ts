const MINUTE_MS = 60_000;
/** Waits after the first attempts; then the last of them again and again. */
const WAITS_MS = [0.5, 1, 2, 4, 8, 10].map((minutes) => minutes * MINUTE_MS);
/** After this the message is given up: whoever has not heard for so long is told by another channel. */
const GIVE_UP_AFTER_MS = 6 * 60 * MINUTE_MS;

/** What of a failed delivery decides. */
export interface FailedDelivery {
  retry: boolean;
  retryAfterMs?: number;
}

/** When to try again after `attempts` attempts, not before the vendor allows it; undefined: give up. 42 attempts within six hours at most. */
export function nextAttempt(
  attempts: number,
  { retry, retryAfterMs = 0 }: FailedDelivery,
  createdAt: Date,
  now: Date,
): Date | undefined {
  if (!retry) return undefined;
  const waitMs = WAITS_MS[Math.min(attempts, WAITS_MS.length) - 1] ?? 0;
  const atMs = now.getTime() + Math.max(waitMs, retryAfterMs);
  return isTooLate(createdAt, new Date(atMs)) ? undefined : new Date(atMs);
}

/** True for an attempt that comes so long after the message that another channel is to take it. */
export function isTooLate(createdAt: Date, at: Date): boolean {
  return at.getTime() - createdAt.getTime() > GIVE_UP_AFTER_MS;
}

/** When a failed attempt is tried again; Cloud Tasks and Cloud Scheduler share these rules. */
export interface RetryConfig {
  /** Attempts in all; negative: no limit. */
  maxAttempts: number;
  /** Counted from the first attempt; 0: no limit. */
  maxRetryMs: number;
  minBackoffMs: number;
  maxBackoffMs: number;
  maxDoublings: number;
}

/** What firebase-functions documents for `onTaskDispatched`. */
export const TASK_RETRY_DEFAULTS: RetryConfig = {
  maxAttempts: 3,
  maxRetryMs: 0,
  minBackoffMs: 100,
  maxBackoffMs: 3_600_000,
  maxDoublings: 16,
};

/** What Cloud Scheduler documents for RetryConfig: no retry unless asked for. */
export const SCHEDULE_RETRY_DEFAULTS: RetryConfig = {
  maxAttempts: 1,
  maxRetryMs: 0,
  minBackoffMs: 5_000,
  maxBackoffMs: 3_600_000,
  maxDoublings: 5,
};

/**
 * Milliseconds to wait before retry number `retry` (0 is the first): doubles `maxDoublings` times, then grows linearly
 * by the last step, at most `maxBackoffMs` (google.cloud.tasks.v2.RetryConfig: 10 s with 3 doublings and a cap of 300 s
 * gives 10, 20, 40, 80, 160, 240, 300, 300 s …).
 */
export function backoffMs({ minBackoffMs, maxBackoffMs, maxDoublings }: RetryConfig, retry: number): number {
  const doubled = minBackoffMs * 2 ** Math.min(retry, maxDoublings);
  const linear = Math.max(1, retry - maxDoublings + 1);
  return Math.min(doubled * linear, maxBackoffMs);
}

/**
 * When to try again after a failure at `nowMs`, or undefined when it was the last attempt: once both limits, of those
 * that are set, are used up.
 */
export function nextAttemptMs(
  config: RetryConfig,
  { attempts, firstAttemptMs, nowMs }: { attempts: number; firstAttemptMs: number; nowMs: number },
): number | undefined {
  const limits: boolean[] = [];
  if (config.maxAttempts >= 0) limits.push(attempts >= config.maxAttempts);
  if (config.maxRetryMs > 0) limits.push(nowMs - firstAttemptMs >= config.maxRetryMs);
  const over = limits.length > 0 && limits.every((usedUp) => usedUp);
  return over ? undefined : nowMs + backoffMs(config, attempts - 1);
}
